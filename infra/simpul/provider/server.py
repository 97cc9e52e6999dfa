"""The provider as the engine sees it: gRPC requests in, answers of the resource types out.

A request goes by its type token to a `Kind`, as plain values. Whatever goes wrong becomes a gRPC status that the
engine shows under the resource; a resource that was begun but not finished is handed over with its state.
"""

# ruff: noqa: N802, ARG002 the protocol's names and signatures

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, NoReturn, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, status_pb2

from simpul.errors import SimpulError
from simpul.provider import schema
from simpul.provider.kind import Change, Kind, Request, Unfinished
from simpul.provider.log import Engine, ResourceLog
from simpul.provider.plugin import Plugin
from simpul.provider.urn import type_of
from simpul.provider.wire import has_unknown, pack, plain, unpack

T = TypeVar("T")


class _Status(NamedTuple):
    """What `abort_with_status` wants, with the protobuf status in the metadata that gRPC reserves for it."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


class Provider(Plugin):
    """The resource provider `simpul`."""

    knows_secrets = True

    def __init__(self, kinds: Iterable[Kind], engine: Engine, stop: threading.Event) -> None:
        """Serve `kinds`; a Cancel of the engine sets `stop`, which whatever runs long must watch."""
        super().__init__(engine, schema.version())
        self._kinds: Mapping[str, Kind] = {kind.token: kind for kind in kinds}
        self._stop = stop

    def GetSchema(self, request: Any, context: Any) -> Any:
        if request.version:
            _refuse(context, grpc.StatusCode.INVALID_ARGUMENT, f"no schema of version {request.version}")
        return provider_pb2.GetSchemaResponse(schema=schema.text())

    def Parameterize(self, request: Any, context: Any) -> Any:
        _refuse(context, grpc.StatusCode.UNIMPLEMENTED, "simpul takes no parameters")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Keep the engine's own `version` alone.

        The provider has no configuration, but a project named simpul keeps its city under `simpul:`, and the engine
        hands every key of that namespace to the provider of the same name.
        """
        inputs = Struct(fields={name: request.news.fields[name] for name in request.news.fields if name == "version"})
        return provider_pb2.CheckResponse(inputs=inputs)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=self.knows_secrets, supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Empty:
        self._stop.set()
        return Empty()

    def Check(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        given = unpack(request.news)
        marked = {**schema.defaults(kind.token), **{k: v for k, v in given.items() if v is not None}}
        inputs = plain(marked)
        failures = schema.problems(kind.token, inputs)
        if not failures:
            failures = self._answer(context, request.urn, lambda: kind.check(inputs, marked=marked))
        return provider_pb2.CheckResponse(
            inputs=pack(marked),
            failures=[provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in failures],
        )

    def Diff(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        wish = self._request(request, inputs=request.news, old=request.old_inputs, state=request.olds)
        return _difference(self._answer(context, request.urn, lambda: kind.diff(wish)))

    def Create(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        wish = self._request(request, inputs=request.properties)
        made, state = self._answer(context, request.urn, lambda: kind.create(wish))
        return provider_pb2.CreateResponse(id="" if request.preview else made, properties=pack(state))

    def Read(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        if not request.inputs.fields:
            _refuse(context, grpc.StatusCode.UNIMPLEMENTED, f"{kind.token} can't be imported; declare it anew")
        wish = self._request(request, inputs=request.inputs, old=request.inputs, state=request.properties)
        state = self._answer(context, request.urn, lambda: kind.read(wish))
        if state is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=pack(state), inputs=request.inputs)

    def Update(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        wish = self._request(request, inputs=request.news, old=request.old_inputs, state=request.olds)
        state = self._answer(context, request.urn, lambda: kind.update(wish))
        return provider_pb2.UpdateResponse(properties=pack(state))

    def Delete(self, request: Any, context: Any) -> Empty:
        kind = self._kind(request.urn, context)
        wish = self._request(request, inputs=request.old_inputs, old=request.old_inputs, state=request.properties)
        self._answer(context, request.urn, lambda: kind.delete(wish))
        return Empty()

    def _kind(self, urn: str, context: Any) -> Kind:
        token = type_of(urn)
        if token not in self._kinds:
            known = ", ".join(sorted(self._kinds))
            _refuse(context, grpc.StatusCode.NOT_FOUND, f"no resource type {token}; known are {known}")
        return self._kinds[token]

    def _request(
        self, request: Any, *, inputs: Struct, old: Struct | None = None, state: Struct | None = None
    ) -> Request:
        return Request(
            urn=request.urn,
            log=ResourceLog(self._engine, request.urn),
            id=getattr(request, "id", ""),
            inputs=plain(unpack(inputs)),
            old=plain(unpack(old)) if old is not None else {},
            state=plain(unpack(state)) if state is not None else {},
            preview=getattr(request, "preview", False),
        )

    def _answer(self, context: Any, urn: str, work: Callable[[], T]) -> T:
        """Do `work`; turn what it raises into the status that tells the engine what is so."""
        try:
            return work()
        except Unfinished as error:
            _hand_over(context, error)
        except SimpulError as error:
            _refuse(context, grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 the engine must hear of any fault
            ResourceLog(self._engine, urn).debug(traceback.format_exc())
            where = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"a fault in the provider: {type(error).__name__} in {where.name}, line {where.lineno}"
            _refuse(context, grpc.StatusCode.INTERNAL, f"{fault}; pulumi up --debug shows all of it")


def _refuse(context: Any, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError(message)  # abort raises; this is for the type checker


def _hand_over(context: Any, error: Unfinished) -> NoReturn:
    # The engine can't read a state with unknown values: it would record the resource without an id, and crash on it.
    known = {name: value for name, value in error.state.items() if not has_unknown(value)}
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=pack(known), reasons=[str(problem) for problem in error.problems]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    metadata = (("grpc-status-details-bin", status.SerializeToString()),)
    context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, str(error), metadata))
    raise AssertionError(str(error))  # abort_with_status raises; this is for the type checker


def _difference(changes: list[Change]) -> Any:
    kinds = provider_pb2.PropertyDiff.Kind
    detail = {
        change.path: provider_pb2.PropertyDiff(
            kind=kinds.Value(change.kind.upper() + ("_REPLACE" if change.replace else "")),
            inputDiff=change.is_input,
        )
        for change in changes
    }
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if changes else response.DIFF_NONE,
        diffs=sorted({_top(change.path) for change in changes}),
        replaces=sorted({_top(change.path) for change in changes if change.replace}),
        detailedDiff=detail,
        hasDetailedDiff=True,
        # Whatever is replaced here is in its successor's way: the same machine, the same release name.
        deleteBeforeReplace=any(change.replace for change in changes),
    )


def _top(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]
