import { createServer } from 'node:http';

createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ id: 3 }));
}).listen(process.env.PORT);
