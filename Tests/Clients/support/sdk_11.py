"""keyfactor-command-sdk 11.0.0a1 as tests of scenarios use it: how a client of it is made, and the calls that they share."""

from command_v11_client.api.agent import get_agents
from command_v11_client.api.certificate_store import post_certificate_stores_schedule
from command_v11_client.api.orchestrator_job import (
    get_orchestrator_jobs_job_history, get_orchestrator_jobs_scheduled_jobs, post_orchestrator_jobs_custom)
from command_v11_client.client import AuthenticatedClient
from command_v11_client.models.csscms_data_model_models_cert_stores_schedule import (
    CSSCMSDataModelModelsCertStoresSchedule as StoresSchedule)
from command_v11_client.models.csscms_data_model_models_orchestrator_jobs_schedule_job_request import (
    CSSCMSDataModelModelsOrchestratorJobsScheduleJobRequest as JobRequest)
from support.mock import basic
from support.world import World

HOURLY = {"Interval": {"Minutes": 60}}


def client_of(server, user="EXAMPLE\\ops", password="s3cret", **more):
    settings = {"base_url": server.secure_api, "prefix": "Basic", "token": basic(user, password)[6:], "verify_ssl": server.ca, **more}
    return AuthenticatedClient(**settings)


class Command(World):
    """The world of a server, and what the SDK does in it. Ids are looked up without the rules' knowing, in the control interface."""

    def __init__(self, server):
        super().__init__(server)
        self.client = client_of(server)

    def id_of(self, kind, machine):
        return next(each["id"] for each in self.estate()[kind] if each["machine"] == machine)

    def schedule_of(self, machine):
        """The inventory schedule that a store has in the estate."""
        return next(each["schedule"] for each in self.estate()["certificateStores"] if each["machine"] == machine)

    def agents(self, client=None):
        return get_agents.sync_detailed(client=client or self.client)

    def give_job(self, client=None, schedule=None, agent="uo-1"):
        """Gives the agent a custom job; answers the reply."""
        body = {"AgentId": self.id_of("agents", agent), "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
        body = {**body, "Schedule": schedule or {"Immediate": True}}
        return post_orchestrator_jobs_custom.sync_detailed(client=client or self.client, json_body=JobRequest.from_dict(body))

    def schedule_inventory(self, client=None, machine="web-1", schedule=None):
        """Gives a store an inventory schedule; answers the reply."""
        body = {"StoreIds": [self.id_of("certificateStores", machine)], "Schedule": schedule or HOURLY}
        return post_certificate_stores_schedule.sync_detailed(client=client or self.client, json_body=StoresSchedule.from_dict(body))

    def scheduled(self):
        """The jobs to come."""
        return get_orchestrator_jobs_scheduled_jobs.sync(client=self.client)

    def history(self, job):
        """The attempts at a job, the first one first."""
        return get_orchestrator_jobs_job_history.sync(client=self.client, query_string=f'JobId -eq "{job}"')


def tried(call, times=3):
    """Calls until the reply is a success, at most so many times; answers the status of each reply."""
    statuses = []
    while len(statuses) < times and statuses[-1:] not in ([200], [204]):
        statuses.append(int(call().status_code))
    return statuses
