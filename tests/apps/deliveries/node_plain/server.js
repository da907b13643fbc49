const http = require('node:http');

const server = http.createServer((request, response) => {
  if (request.url === '/') {
    response.setHeader('Content-Type', 'text/html');
    return response.end('<a href="/items/3">an item</a>');
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ id: 3 }));
});

server.listen(Number(process.env.PORT) || 8080);
