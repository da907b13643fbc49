const express = require('express');

const app = express();
app.use(express.json());

const items = [{ id: 1, name: 'lamp' }];

app.get('/', (req, res) => {
  res.send('<a href="/items">items</a> <a href="/items/1">the first</a>');
});

app.get('/items', (req, res) => res.json(items));

app.get('/items/:id', (req, res) => {
  const item = items.find((one) => one.id === Number(req.params.id));
  if (!item) return res.status(404).json({ error: 'not found' });
  res.json(item);
});

app.listen(process.env.PORT || 3000, () => console.log('listening'));
