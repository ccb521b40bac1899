"""HiGHS through scipy on the program of the paper, word for word. Reads an instance as JSON, prints seconds, cost and peak memory as JSON."""
import json, resource, sys, time
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import bmat, coo_matrix, identity, kron

given = json.load(sys.stdin)
members, cells, beta, limit = given["members"], given["cells"], given["beta"], given["limit"]
n = members * cells
same, prior = np.array(given["same"]).reshape(cells, cells), np.array(given["prior"])
other = 1 - np.kron(np.eye(members), np.ones((cells, cells)))
distance = np.tile(same, (members, members)) + given["distanceOfOthers"] * other
scale = np.where(other > 0, given["costOfDistance"], 1)
cost = np.tile(same, (members, members)) * scale + given["costOfOthers"] * other

# F(o, o') is variable o·n + o', x(o') is n² + o'.
objective = np.concatenate([(prior[:, None] * cost.T).ravel(), np.zeros(n)])
errors = bmat([[-kron(coo_matrix(distance * prior), identity(n)), kron(np.ones((n, 1)), identity(n))]])
blocks, bounds = [errors], [np.zeros(n * n)]
if given["prediction"]:
    moves = kron(np.ones((n, 1)) @ np.array(given["prediction"])[None, :], identity(n)) - np.exp(given["alpha"]) * identity(n * n)
    blocks.append(bmat([[moves, coo_matrix((n * n, n))]]))
    bounds.append(np.zeros(n * n))
blocks.append(coo_matrix(np.concatenate([np.zeros(n * n), -np.ones(n)])[None, :]))
bounds.append(np.array([-beta]))
rows = bmat([[b] for b in blocks], format="csr")
sums = bmat([[kron(identity(n), np.ones((1, n))), coo_matrix((n, n))]], format="csr")
begun = time.perf_counter()
found = linprog(objective, A_ub=rows, b_ub=np.concatenate(bounds), A_eq=sums, b_eq=np.ones(n),
                bounds=[(0, None)] * (n * n) + [(None, None)] * n, method="highs", options={"time_limit": limit})
print(json.dumps({"Seconds": time.perf_counter() - begun, "Solved": found.status == 0, "Cost": found.fun if found.status == 0 else 0,
                  "Checking": 0, "Peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
