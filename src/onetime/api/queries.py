"""Reads what a request says beside its body: the query, all faults at once, and ids in the path.

Knows the parameters that handlers declare; never what they are for.
"""

from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from msgspec import ValidationError, convert

from onetime.api.bodies import body_of
from onetime.api.document import parameters_of
from onetime.api.given import Incoming
from onetime.api.shapes import LARGEST_ID
from onetime.domain.errors import Faulty, FieldFault


async def refuse_misuse(request: Incoming) -> None:
    """Refuse what no handler should see; a filter that is misspelt would silently give everything.

    Raises Faulty, NotFoundException.
    """
    handler = request.scope["route_handler"]
    assert isinstance(handler, HTTPRouteHandler)
    for part in request.path_params.values():
        if isinstance(part, int) and not 1 <= part <= LARGEST_ID:
            raise NotFoundException
    faults = query_faults(request, handler)
    if body_of(handler) is not None and not await request.body():
        faults.append(FieldFault("body", "A JSON body is missing."))
    if faults:
        raise Faulty(faults)


def query_faults(request: Incoming, handler: HTTPRouteHandler) -> list[FieldFault]:
    """Return what is wrong with the query, parameter by parameter."""
    known = parameters_of(handler)
    faults = []
    for name in dict.fromkeys(request.query_params):
        given = request.query_params.getall(name)
        if name not in known:
            faults.append(FieldFault(name, "There is no such parameter."))
        elif len(given) > 1:
            faults.append(FieldFault(name, "This parameter is given more than once."))
        else:
            try:
                convert(given[0], known[name].raw, strict=False)
            except ValidationError as fault:
                sentence = str(fault).partition(" - at")[0].replace("`", "'")
                faults.append(FieldFault(name, f"{sentence}."))
    return faults
