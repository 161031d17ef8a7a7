"""client.py CLIENT URL subscribes as the client's documentation shows, with its defaults, and prints a line of JSON for
each event that it is given."""

import asyncio
import json
import sys
import time


def told(event_type, data, event_id):
    print(json.dumps({"type": event_type or "message", "data": data, "id": event_id or ""}), flush=True)


def httpx_sse(url):
    """The loop of its documentation, also for a server that is down; its defaults give up after 5 seconds of silence."""
    import httpx
    from httpx_sse import connect_sse

    last_event_id = ""
    reconnection_delay = 1.0
    with httpx.Client() as client:
        while True:
            headers = {"Accept": "text/event-stream"}
            if last_event_id:
                headers["Last-Event-ID"] = last_event_id
            try:
                with connect_sse(client, "GET", url, headers=headers) as source:
                    told("open", "", "")
                    for event in source.iter_sse():
                        last_event_id = event.id
                        if event.retry is not None:
                            reconnection_delay = event.retry / 1000
                        told(event.event, event.data, event.id)
            except httpx.TransportError as error:
                print(repr(error), file=sys.stderr)
            time.sleep(reconnection_delay)


def sseclient(url, **options):
    """It reconnects by itself, but raises while the server is down: then it is made anew, with its last id."""
    import requests
    from sseclient import SSEClient

    # It prints why it reconnects, to where the events go.
    out, sys.stdout = sys.stdout, sys.stderr
    last_id = None
    while True:
        try:
            for event in SSEClient(url, last_id=last_id, **options):
                last_id = event.id or last_id
                sys.stdout = out
                told(event.event, event.data, event.id)
                sys.stdout = sys.stderr
        except requests.RequestException as error:
            print(repr(error), file=sys.stderr)
        time.sleep(1)


def aiohttp_sse_client(url):
    """It reconnects by itself when a stream ends, and raises when one breaks off: then it is made anew."""
    import aiohttp
    from aiohttp_sse_client.client import EventSource

    async def run():
        last_event_id = ""
        while True:
            headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
            try:
                async with EventSource(url, headers=headers) as source:
                    told("open", "", "")
                    async for event in source:
                        last_event_id = event.last_event_id
                        told(event.type, event.data, event.last_event_id)
            except (aiohttp.ClientError, ConnectionError) as error:
                print(repr(error), file=sys.stderr)
            await asyncio.sleep(1)

    asyncio.run(run())


def sseclient_identity(url):
    """As docs/clients.md tells for hubs that compress: it asks for gzip by its defaults, and cannot read it."""
    sseclient(url, headers={"Accept-Encoding": "identity"})


CLIENTS = {
    "httpx-sse": httpx_sse,
    "sseclient": sseclient,
    "sseclient-identity": sseclient_identity,
    "aiohttp-sse-client": aiohttp_sse_client,
}
CLIENTS[sys.argv[1]](sys.argv[2])
