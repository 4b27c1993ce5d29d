"""The resources of the Terraform provider, with the state that Terraform keeps of them and the plan that it makes of both."""

import json

from support.go_client import GoClient

APPROVED = 2


class Store:
    """A keyfactor_certificate_store. Its configuration is what a file of Terraform says of it."""

    def __init__(self, client: GoClient, **config):
        self.client, self.config, self.state = client, config, None

    def apply(self, **changes):
        """Brings the store to the configuration, with some changes; None takes an attribute out."""
        self.config = {name: value for name, value in {**self.config, **changes}.items() if value is not None}
        members = self._members()
        if self.state is None:
            said = self.client.create_store(**members)
        else:
            said = self.client.update_store(self.state["id"], **members)
        self.state = self._state(said)

    def destroy(self):
        self.client.delete_store(self.state["id"])

    def plan(self):
        """Refreshes the state and compares: what an apply would change, by attribute, as (state, configuration)."""
        self.state = self._state(self.client.store(self.state["id"]))
        wanted = {"container_name": None, "inventory_schedule": None, "properties": {}, "server_use_ssl": None, **self.config}
        known = {name: value for name, value in wanted.items() if name in self.state}
        return {name: (self.state[name], value) for name, value in known.items() if self.state[name] != value}

    def _members(self):
        config, is_new = self.config, self.state is None
        # Each apply looks both up by name.
        container = self.client.container(config["container_name"])["Id"] if "container_name" in config else None
        agents = [each for each in self.client.agents(config["agent_identifier"]) if each["Status"] == APPROVED]
        secret = (lambda text: text) if is_new else (lambda text: {"value": {"SecretValue": text}})
        properties = dict(config.get("properties", {}))
        for attribute, name in ("server_username", "ServerUsername"), ("server_password", "ServerPassword"):
            if attribute in config:
                properties[name] = secret(config[attribute])
        if "server_use_ssl" in config:
            properties["ServerUseSsl"] = str(config["server_use_ssl"]).lower() if is_new else {"value": config["server_use_ssl"]}
        password = {"SecretValue": config["store_password"]} if "store_password" in config else None
        return {
            "machine": config["client_machine"], "path": config["store_path"],
            "type": self.client.store_type(config["store_type"])["StoreType"], "agent": agents[0]["AgentId"], "container_id": container,
            "container_name": config.get("container_name", ""), "properties": properties,
            # What only Command knows is not known while an apply runs: the provider sends false.
            "schedule": schedule(config.get("inventory_schedule")), "approved": False,
            "password": password if is_new or password else {"SecretValue": ""},
            "create_if_missing": config.get("create_if_missing", False)}

    @staticmethod
    def _state(said):
        properties = json.loads(said["Properties"] or "{}")
        own = {name: value for name, value in properties.items() if name not in ("ServerUsername", "ServerPassword", "ServerUseSsl")}
        # Where the provider parses properties, it panics at what is no text. Secrets it takes from its state.
        assert all(isinstance(value, str) for value in own.values()), properties
        ssl = properties.get("ServerUseSsl")
        return {
            "id": said["Id"], "client_machine": said["ClientMachine"], "store_path": said["Storepath"], "approved": said["Approved"],
            "agent_id": said["AgentId"], "container_id": said["ContainerId"], "container_name": said["ContainerName"] or None,
            "inventory_schedule": written(said["InventorySchedule"]), "properties": own,
            "server_use_ssl": None if ssl is None else ssl.lower() == "true"}


class Deployment:
    """A keyfactor_certificate_deployment: a certificate in a store. Only inventories say whether it is there."""

    def __init__(self, client, certificate, store, alias):
        self.client, self.certificate, self.store, self.alias = client, certificate, store, alias

    @property
    def is_there(self):
        """One look; without an alias the certificate's number counts."""
        return any(
            self.certificate in [each["Id"] for each in entry["Certificates"]]
            for entry in self.client.inventory(self.store) if self.alias in ("", entry["Name"]))

    def apply(self, looks=5):
        """Adds the certificate and looks until it is there; answers how many looks that took."""
        if self.is_there:
            return 0
        self.client.add_certificate(self.certificate, self.store, self.alias)
        return self._until(True, looks)

    def destroy(self, looks=5):
        self.client.remove_certificate(self.store, self.alias)
        return self._until(False, looks)

    def _until(self, wanted, looks):
        for look in range(1, looks + 1):
            if self.is_there == wanted:
                return look
        raise AssertionError(f"after {looks} looks the certificate is {'not ' if wanted else 'still '}there")


def schedule(text):
    """What the provider sends for an `inventory_schedule`."""
    if text == "immediate":
        return {"Immediate": True}
    if not text:
        return {}
    return {"Interval": {"Minutes": int(text[:-1]) * (60 if text.endswith("h") else 1)}}


def written(sent):
    """An `inventory_schedule` in minutes, as it is read from a store."""
    if sent["Immediate"]:
        return "immediate"
    minutes = sent["Interval"]["Minutes"]
    return f"{minutes}m" if minutes else None
