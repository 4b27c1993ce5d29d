"""A session of `requests` with a server, as a well-behaved client has it."""

import requests


def session_of(server, **headers):
    """A requests session of a server: `session.get("/Agents")` is below the base path, whole addresses stay what they are."""

    class Session(requests.Session):
        def request(self, method, url, *arguments, **more):
            whole = url if url.startswith("http") else server.secure_api + url
            return super().request(method, whole, *arguments, **more)

    session = Session()
    session.trust_env = False
    session.verify = server.ca
    session.headers.update({"x-keyfactor-requested-with": "APIClient", **headers})
    return session
