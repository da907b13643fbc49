// One address, either from users who never pause or at an arrival rate; the cheapest script k6 has.
import http from 'k6/http';

const url = __ENV.BENCH_URL;
const users = Number(__ENV.BENCH_USERS);
const rate = Number(__ENV.BENCH_RATE || 0);
const duration = `${__ENV.BENCH_SECONDS}s`;

const closed = { executor: 'constant-vus', vus: users, duration };
const open = {
  executor: 'constant-arrival-rate',
  rate,
  timeUnit: '1s',
  duration,
  preAllocatedVUs: users,
  maxVUs: users,
};

export const options = {
  discardResponseBodies: true,
  scenarios: { load: rate ? open : closed },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)'],
};

export default function () {
  http.get(url);
}
