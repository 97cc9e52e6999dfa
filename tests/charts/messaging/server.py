"""One pod's worth of messaging on loopback: the image's programs with the rendered configuration."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bcrypt
import nats
import paho.mqtt.client as mqtt
from nats.js.api import AckPolicy, ConsumerConfig

from charts.messaging.rendering import Values, content, objects, one

PASSWORD = "a-password-of-the-tests"
READER = "reader"
PORTS = {"nats": 4222, "mqtt": 8883, "leaf": 7422, "monitor": 8222}


def users(*names: str, password: str = PASSWORD) -> Values:
    """Give a value `users`: who may log in by `password`."""
    return {name: {"hash": hash_of(password)} for name in names}


@functools.cache
def hash_of(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def clients(publish: list[str]) -> Values:
    """Give a value `clients`: one that publishes, another like it, and one that reads all by NATS."""
    mqtt = {"protocol": "mqtt", "publish": publish, "subscribe": ["reports.>"]}
    nats = {"protocol": "nats", "publish": [], "subscribe": ["reports.>"], "users": users(READER)}
    mine = {**mqtt, "users": users("reporter", "reporter.2")}
    return {"reporter": mine, "neighbour": {**mqtt, "users": users("neighbour")}, READER: nats}


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last)]


def wait(until: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait as long as a busy machine may take for what takes seconds."""
    end, pause = time.monotonic() + seconds, 0.05
    while not until():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(pause)
        pause = min(pause * 1.2, 1)


def free_ports() -> dict[str, int]:
    """Choose below what the system gives to connections, one of which could take a port before its server opens it."""
    below = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    free = (port for port in random.sample(range(10_000, below), 100) if is_free(port))
    return {name: next(free) for name in PORTS}


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@dataclass
class Server:
    programs: Path
    folder: Path
    ports: dict[str, int] = field(default_factory=free_ports)
    values: Values = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    address: str = "127.0.0.1"
    namespace: str | None = None
    """The network namespace that it runs in, if not in the tests' own."""
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, values: Values) -> None:
        """Put down what the pod would find, on this server's own folder and ports."""
        self.values = values
        made = objects(values)
        files = content(made, "messaging-configuration")
        text = files["nats.conf"].replace('"/data"', f'"{self.folder}/data"')
        text = text.replace("/etc/nats/certificate", f"{self.folder}/certificate")
        text = text.replace("0.0.0.0:8222", f"{self.address}:{self.ports['monitor']}")
        for name, port in PORTS.items():
            text = text.replace(f"port: {port}\n", f'host: "{self.address}"\nport: {self.ports[name]}\n')
        [container] = one(made, "StatefulSet")["spec"]["template"]["spec"]["containers"]
        self.environment = {each["name"]: each["value"] for each in container["env"]}
        (self.folder / "certificate").mkdir(parents=True, exist_ok=True)
        for name, pem in content(made, "messaging-certificate").items():
            (self.folder / "certificate" / name).write_text(pem)
        (self.folder / "nats.conf").write_text(text)
        for name in files.keys() - {"nats.conf"}:
            (self.folder / name).write_text(files[name])

    def start(self) -> None:
        """Do what the pod does: the streams first, then the server."""
        configuration = self.folder / "nats.conf"
        program = self.programs / "messaging"
        command = [program, "streams", configuration, self.folder / "streams.json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        with (self.folder / "log").open("ab") as log:
            command = [program, "serve", configuration, self.folder / "quota.json"]
            if self.values["role"] == "hub":
                command.append(self.folder / "sites.json")
            inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
            memory = {"GOMEMLIMIT": self.environment["GOMEMLIMIT"]}
            self.process = subprocess.Popen([*inside, *command], stdout=log, stderr=log, env=os.environ | memory)
        wait(self.is_well, f"{self.folder.name} to be healthy")

    def end(self) -> None:
        """Kill it, as a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def is_well(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return bool(self.monitor("healthz")["status"] == "ok")
        except OSError:
            return False

    def monitor(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://{self.address}:{self.ports['monitor']}/{path}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def unsent(self) -> int:
        """Ask as who empties the pod's volume does."""
        command = [self.programs / "messaging", "unsent", f"http://{self.address}:{self.ports['monitor']}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def count(self, subject: str) -> int:
        """Count what REPORTS holds on `subject`."""
        return asyncio.run(self._count(subject))

    async def _count(self, subject: str) -> int:
        async with await self._connect() as connection:
            found = await connection.jetstream().stream_info("REPORTS", subjects_filter=subject)
            return sum((found.state.subjects or {}).values())

    def reports(self, subject: str) -> list[str]:
        """Read what REPORTS holds on `subject`, in its order, as a public NATS client does."""
        return asyncio.run(self._read(subject, "REPORTS"))

    def refused(self) -> list[dict[str, Any]]:
        """Read what REFUSED holds, as a public NATS client does."""
        return [json.loads(each) for each in asyncio.run(self._read("refused.>", "REFUSED"))]

    async def _read(self, subject: str, stream: str) -> list[str]:
        async with await self._connect() as connection:
            stored = connection.jetstream()
            wanted = ConsumerConfig(name=READER, filter_subject=subject, ack_policy=AckPolicy.NONE, mem_storage=True)
            total = (await stored.add_consumer(stream, wanted)).num_pending or 0
            try:
                reader = await stored.pull_subscribe_bind(READER, stream)
                read: list[str] = []
                while len(read) < total:
                    read += [message.data.decode() for message in await reader.fetch(500, timeout=10)]
                return read
            finally:
                await stored.delete_consumer(stream, READER)

    async def _connect(self) -> nats.NATS:
        url = f"tls://{self.address}:{self.ports['nats']}"
        inbox = f"_INBOX.{READER}".encode()
        return await nats.connect(url, user=READER, password=PASSWORD, tls=self.trust(), inbox_prefix=inbox)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "certificate" / "ca.crt"))


class Client:
    """A public MQTT client: what it has published and was acknowledged, and what it has heard."""

    def __init__(
        self,
        server: Server,
        name: str,
        *,
        keep: bool = False,
        user: str = "reporter",
        password: str = PASSWORD,
        will: tuple[str, str] | None = None,
    ) -> None:
        self.heard: list[str] = []
        self.cuts = 0
        self._server = server
        self._mqtt = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, clean_session=not keep)
        self._mqtt.max_queued_messages_set(0)
        self._mqtt.reconnect_delay_set(1, 1)
        self._mqtt.username_pw_set(user, password)
        self._mqtt.tls_set_context(server.trust())
        if will is not None:
            self._mqtt.will_set(*will, qos=1)
        self._mqtt.on_disconnect = self._count
        self._mqtt.on_message = lambda _client, _data, message: self.heard.append(message.payload.decode())

    def connect(self) -> Client:
        self._mqtt.connect(self._server.address, self._server.ports["mqtt"])
        self._mqtt.loop_start()
        wait(self._mqtt.is_connected, "the broker to let the client in")
        return self

    def refusals(self) -> set[str]:
        """Try to connect, and give what the broker said no with."""
        said: set[str] = set()
        self._mqtt.on_connect = lambda _client, _data, _flags, code, _properties: said.add(str(code))
        self._mqtt.connect(self._server.address, self._server.ports["mqtt"])
        self._mqtt.loop_start()
        wait(lambda: bool(said), "the broker's answer")
        self.close()
        return said

    def subscribe(self, topic: str, qos: int) -> None:
        done: list[int] = []
        self._mqtt.on_subscribe = lambda _client, _data, number, _codes, _properties: done.append(number)
        _, number = self._mqtt.subscribe(topic, qos)
        wait(lambda: number in done, "the subscription")

    def _count(self, *_: object) -> None:
        self.cuts += 1

    def send(
        self, topic: str, payloads: list[str], qos: int = 1, *, retain: bool = False
    ) -> dict[str, mqtt.MQTTMessageInfo]:
        return {payload: self._mqtt.publish(topic, payload, qos, retain) for payload in payloads}

    def publish(self, topic: str, payloads: list[str], qos: int = 1) -> None:
        """Publish and wait for every acknowledgement."""
        sent = self.send(topic, payloads, qos)
        wait(lambda: all(one.is_published() for one in sent.values()), "the acknowledgements")

    def is_connected(self) -> bool:
        return self._mqtt.is_connected()

    def close(self) -> None:
        self._mqtt.disconnect()
        self._mqtt.loop_stop()
