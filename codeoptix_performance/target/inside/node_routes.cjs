// Loaded by node before the app (NODE_OPTIONS=--require): tells the routes of Express and Fastify.
//
// When the first server listens, the file that CODEOPTIX_PERFORMANCE_REPORT names gets
// {"framework", "routes": [{"method", "path"}]}, as the Python runner beside this file writes it.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const Module = require('node:module');

const REPORT = process.env.CODEOPTIX_PERFORMANCE_REPORT;
const ASKED = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const mountedAt = new WeakMap(); // a layer of an Express router: the path it was mounted at
const ofFastify = [];

const template = (path) => path.replace(/:(\w+)(\([^)]*\))?\??/g, '{$1}');

// A path that says more than a path: a wildcard, a regular expression, an optional part.
const isPlain = (path) => typeof path === 'string' && /^[\w./{}:~-]*$/.test(template(path));

const joined = (...parts) => parts.join('/').replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1') || '/';

function changeExpress(express) {
  const router = express.Router;
  const owner = router && (router.use ? router : router.prototype); // Express 4, Express 5
  if (!owner || !owner.use) return;
  const use = owner.use;
  owner.use = function (path, ...handlers) {
    const before = (this.stack || []).length;
    const result = use.call(this, path, ...handlers);
    for (const layer of (this.stack || []).slice(before)) {
      mountedAt.set(layer, typeof path === 'function' || Array.isArray(path) ? '' : path);
    }
    return result;
  };
}

function changedFastify(fastify) {
  const changed = (...options) => {
    const app = fastify(...options);
    app.addHook('onRoute', ({ method, url }) => ofFastify.push([[].concat(method), url]));
    return app;
  };
  return Object.assign(changed, fastify, { default: changed, fastify: changed });
}

function* ofExpress(stack, prefix) {
  for (const layer of stack) {
    if (layer.route) {
      const methods = Object.keys(layer.route.methods).filter((name) => layer.route.methods[name]);
      for (const path of [].concat(layer.route.path)) {
        if (isPlain(path)) yield [methods, joined(prefix, path)];
      }
    } else if (layer.handle && layer.handle.stack) {
      const path = mountedAt.get(layer);
      if (isPlain(path)) yield* ofExpress(layer.handle.stack, joined(prefix, path));
    }
  }
}

function tableOf(server) {
  if (ofFastify.length) return ['Fastify', ofFastify.filter(([, url]) => isPlain(url))];
  for (const app of server.listeners('request')) {
    const router = app._router || (typeof app.use === 'function' && app.router);
    if (router && router.stack) return ['Express', [...ofExpress(router.stack, '')]];
  }
  return null;
}

function write([framework, table]) {
  const rows = new Map();
  for (const [named, path] of table) {
    const methods = ASKED.filter((name) => named.some((one) => one.toUpperCase() === name));
    const all = methods.length === ASKED.length; // a route for every method counts as GET
    for (const method of all ? ['GET'] : methods) {
      const row = { method, path: template(path) };
      rows.set(`${method} ${row.path}`, row);
    }
  }
  fs.writeFileSync(`${REPORT}.half`, JSON.stringify({ framework, routes: [...rows.values()] }));
  fs.renameSync(`${REPORT}.half`, REPORT);
}

// Both ways into a CommonJS package, require and import, come through this method.
const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename, ...rest) {
  const result = compile.call(this, content, filename, ...rest);
  const found = /[\\/]node_modules[\\/](express[\\/]index|fastify[\\/]fastify)\.js$/.exec(filename);
  if (found && typeof this.exports === 'function') {
    if (found[1].startsWith('express')) changeExpress(this.exports);
    else this.exports = changedFastify(this.exports);
  }
  return result;
};

const listen = http.Server.prototype.listen;
http.Server.prototype.listen = function (...options) {
  this.once('listening', () => {
    try {
      const table = tableOf(this);
      if (table) write(table);
    } catch (error) {
      console.error(`the route table could not be read: ${error.message}`); // the app comes first
    }
  });
  return listen.apply(this, options);
};
