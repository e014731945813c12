"""What a message type looks like from outside: its fields by wire name. Knows no messages."""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct
from msgspec import inspect as kinds


class Slot(Struct, frozen=True):
    """One field: its name here, its name on the wire, and the kind of its value."""

    name: str
    wire: str
    required: bool
    kind: kinds.Type


@cache
def slots(message: type[Struct]) -> Mapping[str, Slot]:
    """Return the fields of a message type by wire name; `None` is no kind but its absence."""
    shape = kinds.type_info(message)
    assert isinstance(shape, kinds.StructType)
    return {
        field.encode_name: Slot(field.name, field.encode_name, field.required, _bare(field.type))
        for field in shape.fields
    }


@cache
def holds_times(message: type[Struct]) -> bool:
    """Say whether a message of this type can contain a time anywhere."""
    return any(_is_or_holds_time(slot.kind) for slot in slots(message).values())


def null_field(tree: object, message: type[Struct], path: str = "") -> str | None:
    """Return the dotted path of the first known field that is null, if there is one."""
    if not isinstance(tree, dict):
        return None
    for slot in slots(message).values():
        if slot.wire in tree:
            found = _null_at(tree[slot.wire], slot.kind, f"{path}{slot.wire}")
            if found is not None:
                return found
    return None


def _null_at(value: object, kind: kinds.Type, path: str) -> str | None:
    if value is None:
        return path
    if isinstance(kind, kinds.StructType):
        return null_field(value, kind.cls, f"{path}.")
    if isinstance(kind, kinds.VarTupleType) and isinstance(value, list):
        found = (_null_at(item, kind.item_type, f"{path}[{n}]") for n, item in enumerate(value))
        return next((at for at in found if at is not None), None)
    return None


def _is_or_holds_time(kind: kinds.Type) -> bool:
    if isinstance(kind, kinds.VarTupleType):
        return _is_or_holds_time(kind.item_type)
    if isinstance(kind, kinds.StructType):
        return holds_times(kind.cls)
    return isinstance(kind, kinds.DateTimeType)


def _bare(kind: kinds.Type) -> kinds.Type:
    """Strip the `None` of an optional field."""
    if not isinstance(kind, kinds.UnionType):
        return kind
    (bare,) = (option for option in kind.types if not isinstance(option, kinds.NoneType))
    return bare
