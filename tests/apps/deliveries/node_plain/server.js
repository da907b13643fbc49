const http = require('node:http');

const server = http.createServer((request, response) => {
  const item = /^\/items\/(\d+)$/.exec(request.url);
  if (request.url === '/') {
    response.setHeader('Content-Type', 'text/html');
    return response.end('<a href="/items/3">an item</a>');
  }
  response.statusCode = item ? 200 : 404;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(item ? { id: Number(item[1]) } : { error: 'not found' }));
});

server.listen(Number(process.env.PORT) || 8080);
