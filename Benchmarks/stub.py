"""The kind of stub that people write for a test instead of using a mock: two operations, handled in memory.

It uses Flask's JSON functions and nothing that would slow it down. The ids of its only agent and store come from the environment.
"""

import os
import time
import uuid

from flask import Flask, request

app = Flask(__name__)
agents = {os.environ["STUB_AGENT"]}
schedules = {os.environ["STUB_STORE"]: None}
job_types = {"SampleCustomJobType"}
jobs = {}


@app.post("/KeyfactorAPI/CertificateStores/Schedule")
def schedule_stores():
    sent = request.get_json()
    for store in sent["StoreIds"]:
        if store not in schedules:
            return {"Message": f"No certificate store has the id {store}."}, 404
    for store in sent["StoreIds"]:
        schedules[store] = sent["Schedule"]
    return "", 204


@app.post("/KeyfactorAPI/OrchestratorJobs/Custom")
def order_job():
    sent = request.get_json()
    if sent["AgentId"] not in agents or sent["JobTypeName"] not in job_types:
        return {"Message": "No such agent or job type."}, 400
    job = {
        "JobId": str(uuid.uuid4()),
        "OrchestratorId": sent["AgentId"],
        "JobTypeName": sent["JobTypeName"],
        "Schedule": sent["Schedule"],
        "JobFields": [{"JobTypeField": name, "Value": value} for name, value in sent["JobFields"].items()],
        "RequestTimestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    jobs[job["JobId"]] = job
    return job
