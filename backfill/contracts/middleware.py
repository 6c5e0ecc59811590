"""Gives every request under /v1 the URLconf of its contract."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backfill.api.handlers import failed, is_api
from backfill.contracts.choice import DEFAULT, HEADER, URLCONFS, chosen_contract


class ContractMiddleware:
    """The views never ask which contract they are in; they belong to one.

    A path that only one contract has is in both URLconfs, so the answer names the contract of the view that served
    it, and the chosen one where no view did.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        try:
            contract = chosen_contract(request)
        except Exception as error:  # noqa: BLE001 - under /v1 every failure is answered in JSON
            response = failed(request, error)
            response[HEADER] = DEFAULT
            return response
        request.urlconf = URLCONFS[contract]
        response = self.get_response(request)
        response.headers.setdefault(HEADER, contract)
        return response
