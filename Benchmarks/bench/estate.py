"""The cost of reading, changing and searching a world with 100,000 stores and 100,000 jobs."""

import json
import os
import random
from contextlib import ExitStack

from bench.load import AGENTS, JOB, SCHEDULE, STORES, Client, ask, expect, packed
from bench.loading import FEW, MANY, RARE, filtered, scenario, separate, total
from bench.processes import CORE, Failure
from bench.report import Part, at_least, at_most, thousands
from bench.samples import Samples

JOBS = "/KeyfactorAPI/OrchestratorJobs"
# The history is limited: only the newest jobs have an entry.
IN_HISTORY = 10_000
CONNECTIONS = 50


class World:
    """A server with this many stores and jobs, their ids, and connections to it."""

    def __init__(self, setup, server, count):
        self.server, self.count, self.agent = server, count, setup.bodies.agent
        self.client = Client(server, None, CONNECTIONS)
        self.random = random.Random(count)
        self.stores = {store["Id"]: store for store in self.list_stores()}
        expect(len(self.stores) == count + 1, "the list of stores", (len(self.stores), b""))
        approved = [id for id, store in self.stores.items() if store["Approved"]]
        self.names = list(self.stores)
        # The same number of stores is scheduled in each world, so that requests replace schedules in both.
        self.scheduled = self.random.sample(approved, FEW)
        self.schedule = json.loads(setup.bodies.texts[SCHEDULE])["Schedule"]
        answer = ask(server, "http", "POST", SCHEDULE, json.dumps({"StoreIds": self.scheduled, "Schedule": self.schedule}))
        expect(answer[0] == 204, f"POST {SCHEDULE}", answer)
        order = {**json.loads(setup.bodies.texts[JOB]), "Schedule": {"Immediate": True}}
        request = packed("POST", JOB, json.dumps(order).encode())
        self.jobs = [json.loads(body)["JobId"] for _, body in self.client.exchange([request] * count)]
        expect(len(set(self.jobs)) == count, f"POST {JOB}", (len(set(self.jobs)), b""))
        # The first read runs everything that is due: all these jobs begin.
        (head, _), = self.client.exchange([packed("GET", f"{JOBS}/ScheduledJobs?ReturnLimit=1")])
        expect(total(head) == count + FEW, "GET ScheduledJobs", (total(head), head))
        self.made = []

    def list_stores(self):
        stores = []
        for page in range(1, self.count // 10_000 + 2):
            answer = ask(self.server, "http", "GET", f"{STORES}?ReturnLimit=10000&PageReturned={page}")
            expect(answer[0] == 200, "GET CertificateStores", answer)
            stores += json.loads(answer[1])
        return stores

    def cost(self, operation, count):
        """CPU µs of the server per request, for this many requests. The responses are checked afterwards."""
        asked = operation.ask(self, count)
        expect(len(asked) == count, f"{operation.name}: things to ask for", (len(asked), b""))
        requests = [request for request, _ in asked]
        used = self.server.cpu_seconds()
        answers = self.client.exchange(requests, operation.status)
        used = self.server.cpu_seconds() - used
        for (request, wanted), (head, body) in zip(asked, answers, strict=True):
            if not operation.is_right(self, wanted, head, body):
                raise Failure(f"{operation.name}: {request[:300]!r}: unexpected answer {head!r} {body[:300]!r}")
        return used / count * 1e6


class Operation:
    """An operation: its requests with their expected results, and a function that checks a response."""

    def __init__(self, name, bound, ask, is_right, status=200):
        self.name, self.bound, self.ask, self.is_right, self.status = name, bound, ask, is_right, status


def one(names, path):
    """Requests for one random item each."""
    def ask(world, count):
        return [(packed("GET", path(world, name)), name) for name in world.random.choices(names(world), k=count)]
    return ask


def has(member):
    return lambda world, wanted, head, body: json.loads(body)[member] == wanted


def has_alone(member):
    def is_right(world, wanted, head, body):
        rows = json.loads(body)
        return total(head) == 1 and len(rows) == 1 and rows[0][member] == wanted
    return is_right


def is_page(world, wanted, head, body):
    rows = json.loads(body)
    return total(head) == wanted and len(rows) == 50 and all(row["Id"] in world.stores for row in rows)


def ask_any_page(world, count):
    pages = world.random.choices(range(1, world.count // 50 + 1), k=count)
    return [(packed("GET", f"{STORES}?PageReturned={page}"), world.count + 1) for page in pages]


def ask_schedule(world, count):
    ids = world.random.choices(world.scheduled, k=count)
    return [(packed("POST", SCHEDULE, json.dumps({"StoreIds": [id], "Schedule": world.schedule}).encode()), id) for id in ids]


def ask_new(world, count):
    asked = []
    for _ in range(count):
        # Sorted among the others, not after them.
        machine = f"host-{world.random.randrange(1, world.count + 1)}"
        path = f"/new/{world.random.getrandbits(64):x}"
        new = {"ClientMachine": machine, "StorePath": path, "CertStoreType": 0, "AgentId": world.agent, "Properties": "{}"}
        asked.append((packed("POST", STORES, json.dumps(new).encode()), (machine, path)))
    return asked


def is_new(world, wanted, head, body):
    store = json.loads(body)
    world.made.append(store["Id"])
    return (store["ClientMachine"], store["Storepath"]) == wanted and store["Id"] not in world.stores


def ask_delete(world, count):
    """Deletes stores that were created before, whether or not their creation was measured."""
    ids, world.made = world.made[:count], world.made[count:]
    return [(packed("DELETE", f"{STORES}/{id}"), id) for id in ids]


def is_empty(world, wanted, head, body):
    return body == b""


def stores(world):
    return world.names


def newest_jobs(world):
    return world.jobs[-IN_HISTORY:]


OPERATIONS = (
    Operation("GET CertificateStores/{id}", 1.5, one(stores, lambda _, id: f"{STORES}/{id}"), has("Id")),
    Operation("GET Agents/{id}", 1.5, one(lambda world: [world.agent], lambda _, id: f"{AGENTS}/{id}"), has("AgentId")),
    Operation(
        "GET JobHistory, JobId -eq", 1.5, one(newest_jobs, lambda _, id: filtered(f"{JOBS}/JobHistory", f'JobId -eq "{id}"')),
        has_alone("JobId")),
    Operation(
        "GET ScheduledJobs, JobId -eq", 1.5,
        one(lambda world: world.jobs, lambda _, id: filtered(f"{JOBS}/ScheduledJobs", f'JobId -eq "{id}"')), has_alone("Id")),
    Operation(
        "GET CertificateStores, Id -eq", 1.5, one(stores, lambda _, id: filtered(STORES, f'Id -eq "{id}"')), has_alone("Id")),
    Operation(
        "GET CertificateStores, ClientMachine -eq", 1.5,
        one(stores, lambda world, id: filtered(STORES, f'ClientMachine -eq "{world.stores[id]["ClientMachine"]}"')), has_alone("Id")),
    Operation(
        "GET CertificateStores, the first 50", 1.2, lambda world, count: [(packed("GET", STORES), world.count + 1)] * count, is_page),
    Operation("GET CertificateStores, 50 from anywhere", 1.5, ask_any_page, is_page),
    Operation("POST CertificateStores/Schedule", 2, ask_schedule, is_empty, 204),
    Operation("POST CertificateStores", 2, ask_new, is_new),
    Operation("DELETE CertificateStores/{id}", 2, ask_delete, is_empty, 204),
)


def requests_a_batch(world, operation):
    """How many requests take about 30 ms of the server's time, which is enough; a full scan is not repeated 500 times."""
    world.cost(operation, 10)
    return max(10, min(500, int(30_000 / world.cost(operation, 10))))


def lookups(setup):
    """Sends the same requests to a world with few rows and to one with many, in alternating batches."""
    samples, anywhere = Samples(), os.sched_getaffinity(0)
    with ExitStack() as stack:
        worlds = [World(setup, start_world(setup, stack, count), count) for count in (FEW, MANY)]
        os.sched_setaffinity(0, {CORE})
        try:
            sizes = {operation.name: requests_a_batch(worlds[-1], operation) for operation in OPERATIONS}
            # The deleted stores were created in the same round.
            sizes["POST CertificateStores"] = sizes["DELETE CertificateStores/{id}"] = 200
            for round in range(setup.lookup_rounds + 1):
                for operation in OPERATIONS:
                    for world in worlds:
                        cost = world.cost(operation, sizes[operation.name])
                        if round > 0:
                            samples.add((operation.name, world.count), cost)
            scans = scan(setup, worlds[-1])
        finally:
            os.sched_setaffinity(0, anywhere)
            for world in worlds:
                world.client.close()
    return lookup_part(setup, samples), scans


def start_world(setup, stack, count):
    options = scenario(setup, f"world-{count}", separate(count))
    return stack.enter_context(setup.programs.mock(CORE, 1, options))


def lookup_part(setup, samples):
    rows, gates = [], []
    for operation in OPERATIONS:
        few, many = (operation.name, FEW), (operation.name, MANY)
        ratio = samples.ratio(many, few)
        rows.append([
            operation.name, f"{samples.median(few):.1f}", f"{samples.median(many):.1f}", f"{ratio:.2f}",
            samples.spread(many, few, lambda value: value)])
        gates.append(at_most(f"{operation.name}: cost with many against few", operation.bound, ratio))
    return Part(
        "A large estate: what a request costs",
        f"One server with {FEW} stores and {FEW} jobs, one with {thousands(MANY)} of each, every store on a different machine; "
        f"{setup.lookup_rounds} rounds in which both get the same requests in turns, from a client on the same core with {CONNECTIONS} "
        "connections. Requests pick random rows; every response is checked. The jobs run and do not end; since the history is limited, only "
        f"the newest {thousands(IN_HISTORY)} are queried there. CPU is the server's time per request.",
        ["request", f"CPU µs, {FEW}", f"CPU µs, {thousands(MANY)}", "ratio", "lowest–highest"], rows, gates)


# MARK: Looking through everything


def scan(setup, world):
    rare = MANY // RARE
    filters = (('ClientMachine -contains "zzz"', 0), ("CertStoreType -eq 2", rare + 1), ("Approved -eq false", rare))
    samples, requests = Samples(), 3 if setup.quick else 5
    for _ in range(setup.rounds):
        for query, count in filters:
            operation = Operation(
                query, None, lambda world, times, query=query, count=count: [(packed("GET", filtered(STORES, query)), count)] * times,
                lambda world, wanted, head, body: total(head) == wanted == len(json.loads(body)))
            samples.add(query, world.cost(operation, requests))
    rows, gates = [], []
    for query, count in filters:
        # Rows a microsecond are millions a second.
        rates = [len(world.stores) / cost for cost in samples.seen[query]]
        rate = len(world.stores) / samples.median(query)
        rows.append([f"`{query}`", count, f"{samples.median(query) / 1000:.1f}", f"{rate:.2f}", f"{min(rates):.2f}–{max(rates):.2f}"])
        gates.append(at_least(f"million rows a second, {query}", 2, rate))
    return Part(
        "A large estate: filters without an index",
        f"`GET CertificateStores` in the larger of these worlds, {requests} requests at a time. The rate counts all rows that are searched; the time "
        "is the server's CPU time, including the rest of the request.",
        ["filter", "rows that match", "CPU ms a request", "million rows/s", "lowest–highest"], rows, gates)
