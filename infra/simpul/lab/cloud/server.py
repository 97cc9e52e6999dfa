"""The cloud as a Pulumi engine sees it: the plugin `alicloud`, over gRPC.

In: the engine's requests. Out: answers in the vendor's form; what the cloud refuses is an error of the call with the
vendor's code and words. Handlers are threads: one goes on when the engine that called it is gone, as a cloud does.
"""

# ruff: noqa: N802, ARG002  the names and the arguments of the handlers are the protocol's

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from simpul.errors import SimpulError
from simpul.lab.cloud import computed, lookup, region, schema, wire
from simpul.lab.cloud.check import check
from simpul.lab.cloud.diff import Change, Way, diff
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.fault import Faults, Lost
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.schema import Resource
from simpul.lab.cloud.store import Record
from simpul.provider.log import Engine, ResourceLog
from simpul.provider.plugin import Plugin
from simpul.provider.urn import type_of
from simpul.provider.wire import has_unknown

T = TypeVar("T")
AUTO: Final = "__defaults"
"""Where the vendor's plugin notes which inputs it filled in by itself."""


class Cloud(Plugin):
    """The plugin `alicloud`."""

    knows_secrets = False  # as the vendor's plugin, which opens what it gets

    def __init__(self, estate: Estate, faults: Faults) -> None:
        """Serve `estate`, with `faults` on the way to it."""
        super().__init__(Engine(), schema.VERSION)
        self._estate = estate
        self._faults = faults

    # ---- the plugin itself ---------------------------------------------------------------------------------------

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        asked = wire.read(request.news).get("region", self._estate.region)
        failures = []
        if isinstance(asked, str) and asked not in region.ZONES:
            reason = f"The region {asked} is not one of {', '.join(region.ZONES)}."
            failures.append(provider_pb2.CheckFailure(property="region", reason=reason))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        moved = wire.read(request.olds).get("region") != wire.read(request.news).get("region")
        if not moved:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME, replaces=["region"], diffs=["region"]
        )

    def Configure(self, request: Any, context: Any) -> Any:
        asked = wire.read(request.args).get("region") or request.variables.get("alicloud:config:region")
        if isinstance(asked, str) and asked != self._estate.region:
            words = f"the lab's cloud is in {self._estate.region}, the program asks for {asked}"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{words}; set alicloud:region to {self._estate.region}")
        return provider_pb2.ConfigureResponse(acceptSecrets=self.knows_secrets, supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Empty:
        return Empty()  # an engine that stops doesn't stop the cloud

    # ---- resources -----------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: Any) -> Any:
        resource = self._resource(request.urn, context)
        old, new = wire.read(request.olds), wire.read(request.news)
        new.pop(AUTO, None)
        lines = ResourceLog(self._engine, request.urn)
        named = _name_by_itself(resource, request, old, new)
        verdict = check(resource, new)
        for words in verdict.warnings:
            lines.alert(words)
        name = request.urn.rpartition("::")[2]
        failures = [
            provider_pb2.CheckFailure(reason=f"{each.reason.rstrip('.')}. Examine values at '{name}.{each.path}'.")
            for each in verdict.failures
        ]
        inputs = verdict.inputs | ({AUTO: named} if named else {})
        return provider_pb2.CheckResponse(inputs=wire.write(inputs, resource.properties), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        resource = self._resource(request.urn, context)
        state, wanted = wire.read(request.olds), wire.read(request.news)
        named = bool(wanted.pop(AUTO, None))
        found = diff(resource, state, wanted, self._estate.kind(resource.token).suppress)
        changes = [each for each in found if not _within(each.path, request.ignoreChanges)]
        replaces = sorted({_top(each.path) for each in changes if each.replaces})
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaces,
            diffs=sorted({_top(each.path) for each in changes}),
            detailedDiff={each.path: _detail(each) for each in changes},
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replaces)
            and not named
            and "name" in wanted
            and wanted["name"] == state.get("name"),
        )

    def Create(self, request: Any, context: Any) -> Any:
        resource = self._resource(request.urn, context)
        inputs = wire.read(request.properties)
        inputs.pop(AUTO, None)
        if request.preview or has_unknown(inputs):
            outputs = computed.preview(resource, inputs)
            return provider_pb2.CreateResponse(properties=wire.write(outputs, resource.properties))
        record = self._do(resource, "create", context, lambda: self._estate.create(resource.token, inputs))
        return provider_pb2.CreateResponse(id=record.id, properties=_seen(record, record.outputs, resource))

    def Read(self, request: Any, context: Any) -> Any:
        resource = self._resource(request.urn, context)
        inputs, outputs = wire.read(request.inputs), wire.read(request.properties)
        record = self._do(resource, "read", context, lambda: self._estate.read(resource.token, request.id))
        if record is None:
            return provider_pb2.ReadResponse()
        unread = self._estate.kind(resource.token).unread
        return provider_pb2.ReadResponse(
            id=record.id,
            properties=_seen(record, _reread(record.outputs, outputs, unread), resource),
            inputs=wire.write(_reread(record.inputs, inputs, unread | {AUTO}), resource.properties),
        )

    def Update(self, request: Any, context: Any) -> Any:
        resource = self._resource(request.urn, context)
        inputs = wire.read(request.news)
        inputs.pop(AUTO, None)
        if request.preview or has_unknown(inputs):
            outputs = computed.renew(resource, inputs, wire.read(request.olds), self._estate.region)
            return provider_pb2.UpdateResponse(properties=wire.write(outputs, resource.properties))
        record = self._do(resource, "update", context, lambda: self._estate.update(resource.token, request.id, inputs))
        return provider_pb2.UpdateResponse(properties=_seen(record, record.outputs, resource))

    def Delete(self, request: Any, context: Any) -> Empty:
        resource = self._resource(request.urn, context)
        self._do(resource, "delete", context, lambda: self._estate.delete(resource.token, request.id))
        return Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        source = self._fact(request.tok, "data source", context)
        verdict = check(source, wire.read(request.args))
        answer = provider_pb2.InvokeResponse()
        if verdict.failures:
            for each in verdict.failures:
                answer.failures.add(property=each.path, reason=each.reason)
            return answer
        found = self._do(source, "invoke", context, lambda: lookup.answer(self._estate, source, verdict.inputs))
        getattr(answer, "return").CopyFrom(wire.write(found, source.properties))
        return answer

    # ---- what the handlers share ---------------------------------------------------------------------------------

    def _resource(self, urn: str, context: Any) -> Resource:
        return self._fact(type_of(urn), "resource type", context)

    def _fact(self, token: str, what: str, context: Any) -> Resource:
        fact = self._estate.schema.get(token)
        if fact is None or fact.is_data != (what == "data source"):
            context.abort(grpc.StatusCode.NOT_FOUND, f"The vendor has no {what} {token}.")
            raise AssertionError  # abort has raised
        return fact

    def _do(self, resource: Resource, operation: str, context: Any, work: Callable[[], T]) -> T:
        """Do `work` as the faults have it; what goes wrong becomes an error of the call."""
        where = f"Resource {resource.tf} {operation.capitalize()} Failed!!!"
        try:
            return self._faults.call(resource.token, operation, work)
        except Refusal as refusal:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{where} {refusal}")
        except Lost:
            context.abort(grpc.StatusCode.UNKNOWN, f"{where} SDKError: the connection was reset before an answer came")
        except SimpulError as error:
            context.abort(grpc.StatusCode.INTERNAL, f"{where} {error}")
        except Exception as error:  # noqa: BLE001 a thread of the server must answer, whatever it is
            traceback.print_exc()
            context.abort(grpc.StatusCode.INTERNAL, f"{where} {type(error).__name__}: {error}")
        raise AssertionError  # abort has raised


def _seen(record: Record, outputs: Mapping[str, Any], resource: Resource) -> Any:
    """Close what a program sees of a resource; the vendor's plugin puts the id among its outputs."""
    return wire.write({**outputs, "id": record.id}, resource.properties)


def _reread(now: Mapping[str, Any], before: Mapping[str, Any], unread: frozenset[str]) -> dict[str, Any]:
    """Give what a read finds `now`, with what it can't find as it was known `before`, if at all."""
    found = {name: value for name, value in now.items() if name not in unread}
    return found | {name: before[name] for name in unread & before.keys()}


def _within(path: str, ignored: Iterable[str]) -> bool:
    """Say whether a change at `path` is one that the program ignores, or within one."""
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in ignored)


def _top(path: str) -> str:
    return path.replace("[", ".").partition(".")[0]


def _detail(change: Change) -> Any:
    kind = provider_pb2.PropertyDiff
    plain, anew = {
        Way.ADD: (kind.ADD, kind.ADD_REPLACE),
        Way.DELETE: (kind.DELETE, kind.DELETE_REPLACE),
        Way.UPDATE: (kind.UPDATE, kind.UPDATE_REPLACE),
    }[change.way]
    return provider_pb2.PropertyDiff(kind=anew if change.replaces else plain, inputDiff=True)


def _name_by_itself(resource: Resource, request: Any, old: Mapping[str, Any], new: dict[str, Any]) -> list[str]:
    """Name a resource that has no name, as the vendor's plugin does; give which inputs were filled in so."""
    fact = resource.properties.get("name")
    if fact is None or not fact.settable or fact.deprecated or "name" in new:
        return []
    if any(name in new for path in fact.conflicts for name in resource.resolve(path)):
        return []
    kept = old.get("name") if "name" in old.get(AUTO, ()) else None
    base = request.urn.rpartition("::")[2]
    new["name"] = kept or f"{base}-{request.randomSeed.hex()[:7] or secrets.token_hex(4)[:7]}"
    return ["name"]
