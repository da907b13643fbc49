const express = require('express');

const app = express();
const items = express.Router();

const stock = [{ id: 1, name: 'lamp' }];

items.get('/', (req, res) => res.json(stock));

items.get('/:id', (req, res) => {
  const item = stock.find((one) => one.id === Number(req.params.id));
  if (!item) return res.status(404).json({ error: 'not found' });
  res.json(item);
});

items.post('/', (req, res) => {
  if (!req.body.name) return res.status(400).json({ error: 'name is required' });
  const item = { id: stock.length + 1, name: req.body.name };
  stock.push(item);
  res.status(201).json(item);
});

app.use(express.json());
app.use('/items', items);

app.listen(process.env.PORT || 3000, () => console.log('listening'));
