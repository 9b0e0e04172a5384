"""What a row of the function table is, and the helpers with which the ``fn_`` modules write theirs.

A function is written once, as plain Python over numbers or typed values. Its arity is read from its
signature, its documentation from its docstring, and its live and fast forms are wrapped around it,
so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import msgspec

from model.formula.arrays import Grid, shape
from model.formula.coerce import TOO_LARGE, Value, finite, is_number, to_number
from model.values import NUM, VALUE, ErrorValue, Range

Result = Literal["number", "bool", "text", "any"]
Thunk = Callable[[], Value]
Printer = Callable[..., str]
Choices = Callable[[int], Sequence[int]]
NO_RANGES: Final[frozenset[int]] = frozenset()
MAX_ARGS: Final = 255


class Function(msgspec.Struct, frozen=True):
    """One function of the language.

    ``live`` takes typed values (of a lazy function: thunks), never raises and returns a typed value.
    ``takes_ranges`` names the arguments that arrive as ``Range`` when they are references, also of a
    single cell; all others arrive as single values. ``fast`` is a Python expression over arguments
    that are statically finite numbers: ``{0}``, ``{1}`` are arguments, ``{*}`` all of them separated
    by commas; names in it are builtins or in ``FAST_NAMES``. It equals ``live`` bit for bit, or
    raises ArithmeticError or ValueError, or is not finite. ``fast_ranges`` says that its arguments
    may also be lists of such numbers. ``excel`` prints a function that Excel 2010 does not know, or knows by a
    prefix.
    ``step`` is the size of the repeating group at the end of the arguments. ``strict`` marks functions of
    Excel's former Analysis ToolPak: a boolean is #VALUE!, a required argument left out #N/A.
    ``whole`` says that its numbers are whole. ``choices`` says of a function that chooses which of so many arguments
    may be its result. ``left_out`` names other arguments that are #N/A where they are left out.
    ``vector`` names its form over numpy vectors: a ufunc, or a function of ``vector_forms``, ``vector_dates`` or
    ``vector_annuities``, or of the emitter ("scan") where it is code of its own; without one the live form serves,
    draw by draw. ``numeric`` says that it takes numbers alone and gives one.
    """

    name: str
    min_args: int
    max_args: int | None
    live: Callable[..., Any]
    signature: str
    doc: str
    example: tuple[str, Value]
    group: str
    lazy: bool = False
    takes_ranges: frozenset[int] | Literal["all"] = NO_RANGES
    result: Result = "number"
    whole: bool = False
    choices: Choices | None = None
    fast: str | None = None
    fast_ranges: bool = False
    excel: Printer | None = None
    step: int = 1
    strict: bool = False
    left_out: frozenset[int] = NO_RANGES
    vector: str | None = None
    numeric: bool = False

    @property
    def identifier(self) -> str:
        """The name as it can stand in generated code."""
        return self.name.replace(".", "_")

    @property
    def slow(self) -> bool:
        """Whether the vector form goes through the live form, draw by draw."""
        return self.vector is None and self.max_args != 0

    def takes_range(self, position: int) -> bool:
        """Whether the argument at this position (from 0) may be a range."""
        return self.takes_ranges == "all" or position in self.takes_ranges

    def wrong_count(self, count: int) -> str | None:
        """Why this number of arguments cannot be; None where it can."""
        if count < self.min_args:
            return f"{self.name} needs at least {_arguments(self.min_args)}: {self.signature}."
        if count > (self.max_args if self.max_args is not None else MAX_ARGS):
            return f"{self.name} takes at most {_arguments(self.max_args or MAX_ARGS)}: {self.signature}."
        if self.max_args is None and (count - self.min_args) % self.step:
            return f"{self.name} takes its last arguments in pairs: {self.signature}."
        return None

    def printed(self, args: Sequence[str]) -> str:
        """The call in functions that Excel 2010 and LibreOffice know, from printed arguments."""
        return self.excel(*args) if self.excel else f"{self.name}({','.join(args)})"


def _arguments(n: int) -> str:
    return "1 argument" if n == 1 else f"{n} arguments"


class Refusal(ArithmeticError):  # noqa: N818 - not a failure: the answer is an error value
    """Inside a function: the answer is this error."""

    def __init__(self, error: ErrorValue) -> None:
        super().__init__(error.note)
        self.error = error


def fail(kind: str, note: str) -> Refusal:
    return Refusal(ErrorValue(kind, note))


FAST_NAMES: Final[dict[str, Callable[..., Any]]] = {}


class Group:
    """Collects the functions of one module under the heading they are listed by."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.functions: list[Function] = []

    def numeric(
        self, signature: str, example: tuple[str, Value], *, fast: str | None = None, **more: Any
    ) -> Callable[[Callable[..., float]], Callable[..., float]]:
        """A function of numbers to a number; it may raise ``fail(…)``. Without a template of its own,
        generated code calls it directly."""

        read = not_boolean if more.get("strict") else number

        def register(core: Callable[..., float]) -> Callable[..., float]:
            def live(*args: Value) -> Value:
                return guarded(lambda: core(*[read(a) for a in args]))

            def direct(*args: float) -> float:
                for x in args:
                    if x - x != 0:
                        raise ArithmeticError(TOO_LARGE)
                return core(*args)

            template = fast or self._named(signature, direct)
            self._add(signature, example, core, live, template, numeric=True, **more)
            return core

        return register

    def aggregate(
        self, signature: str, example: tuple[str, Value], *, fast: str | None = None, **more: Any
    ) -> Callable[[Callable[[list[float]], float]], Callable[[list[float]], float]]:
        """A function of the list of all numbers among its arguments. In references text, booleans and
        blanks are passed over; written out they count, or are #VALUE!."""

        def register(core: Callable[[list[float]], float]) -> Callable[[list[float]], float]:
            def live(*args: Value) -> Value:
                return guarded(lambda: core(numbers(args)))

            def direct(*args: Any) -> float:
                flat: list[float] = []
                for x in args:
                    if isinstance(x, list):
                        flat += x
                    else:
                        flat.append(x)
                for x in flat:
                    if x - x != 0:
                        raise ArithmeticError(TOO_LARGE)
                return core(flat)

            template = fast or self._named(signature, direct)
            more.setdefault("takes_ranges", "all")
            self._add(signature, example, core, live, template, fast_ranges=fast is None, **more)
            return core

        return register

    def typed(
        self, signature: str, example: tuple[str, Value], **more: Any
    ) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
        """A function of typed values to a typed value; it may raise ``fail(…)``."""

        def register(core: Callable[..., Value]) -> Callable[..., Value]:
            def live(*args: Any) -> Value:
                return guarded(lambda: core(*args))

            self._add(signature, example, core, live, more.pop("fast", None), **more)
            return core

        return register

    def _named(self, signature: str, direct: Callable[..., float]) -> str:
        name = f"f_{signature.partition('(')[0].replace('.', '_')}"
        FAST_NAMES[name] = direct
        return f"{name}({{*}})"

    def _add(
        self,
        signature: str,
        example: tuple[str, Value],
        core: Callable[..., Any],
        live: Callable[..., Any],
        fast: str | None,
        **more: Any,
    ) -> None:
        name, _, rest = signature.partition("(")
        parameters = [p for p in rest.rstrip(")").split(", ") if p]
        open_ended = parameters[-1:] == ["…"]
        if open_ended:
            parameters.pop()
        required = sum(not p.startswith("[") for p in parameters)
        self.functions.append(
            Function(
                name=name,
                min_args=required,
                max_args=None if open_ended else len(parameters),
                live=live,
                signature=signature,
                doc=" ".join((core.__doc__ or "").split()),
                example=example,
                group=self.title,
                fast=fast,
                **more,
            )
        )


def guarded(compute: Callable[[], Value]) -> Value:
    """The computed value, with every way in which Python fails turned into Excel's error."""
    try:
        result = compute()
        if result.__class__ is float:
            return finite(result)
        return result
    except Refusal as refusal:
        return refusal.error
    except (OverflowError, ZeroDivisionError):
        return ErrorValue(NUM, TOO_LARGE)
    except (ArithmeticError, ValueError):
        return ErrorValue(NUM, "the function has no value here")


def number(v: Value) -> float:
    """The value as a number; an error ends the function."""
    x = to_number(v)
    if isinstance(x, ErrorValue):
        raise Refusal(x)
    return x


def not_boolean(v: Value) -> float:
    """As ``number``, but a condition is no number."""
    if isinstance(v, bool):
        raise fail(VALUE, "a condition stands where a number is needed")
    return number(v)


def numbers(args: Sequence[Value]) -> list[float]:
    """All numbers among arguments as SUM sees them; the first error ends the function."""
    found: list[float] = []
    for a in args:
        if isinstance(a, Range):
            found += range_numbers(a)
        else:
            found.append(number(a))
    return found


def range_numbers(cells: Range) -> list[float]:
    """The numbers among cells: text, booleans and blanks are passed over, an error ends the function."""
    found: list[float] = []
    for v in cells:
        if v.__class__ is float:
            found.append(v)
        elif isinstance(v, ErrorValue):
            raise Refusal(v)
        elif is_number(v):
            found.append(float(v))
    return found


def as_range(v: Value) -> Range:
    """The cells of an argument that should be a reference; a single value counts as one cell."""
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    return v if isinstance(v, Range) else Range([v])


def same_length(*ranges: Range) -> None:
    """Refuses ranges of different lengths, and array constants of different shapes."""
    if len({len(r) for r in ranges}) > 1 or len({shape(r) for r in ranges if isinstance(r, Grid)}) > 1:
        raise fail(VALUE, "the ranges have different lengths")


def whole(x: float) -> int:
    """A count given as a number: what is behind the point is cut off."""
    return int(x)
