"""Texts that try to run something, to reach something, to exhaust something, or to look like something else."""

_CODE = ("__import__('os').system('touch x')", "exec('x=1')", "eval('1')", "open('/etc/passwd').read()")
_AROUND_CODE = (
    "{}",
    "x1+{}",
    "({})",
    "{{{}}}",
    "f'{{{}}}'",
    "`{}`",
    "$({})",
    "1[{}>0]",
    "max({})",
    r"\frac{{{}}}{{2}}",
)
_CHAINS = """
().__class__.__bases__[0].__subclasses__()
x1.__class__
a1_1.func_globals
x1.doit()
S.One
Symbol('x')
lambda: 0
(lambda x: x)(1)
[c for c in ()]
x1 if x1 else x2
x1:=2
x1@x2
import os
os.system
globals()
getattr(x1,'y')
type(x1)
breakpoint()
help()
exit()
""".strip().splitlines()
_TEMPLATES = """
{{7*7}}
${7*7}
#{7*7}
{%print(1)%}
<%=7*7%>
{{config}}
{{''.__class__.__mro__}}
${jndi:ldap://x/a}
%n%s%x
{0.__class__}
<script>alert(1)</script>
=cmd|' /C calc'!A0
'; DROP TABLE marks; --
../../etc/passwd
file:///etc/passwd
""".strip().splitlines()
_COMMANDS = """
input{/etc/passwd}
write18{ls}
immediate\\write18{ls}
catcode`\\@=11
def\\x{\\x}\\x
loop\\iftrue\\repeat
csname end\\endcsname
openout5=x
read16
include{x}
usepackage{x}
newcommand{\\x}{1}
expandafter\\x
verb|x|
special{x}
directlua{x}
href{x}{y}
url{x}
everyeof{x}
the\\year
char65
uppercase{x}
begin{document}
end{document}
lstinputlisting{x}
""".strip().splitlines()
_OPENINGS = r"""
( [ { | \left( \frac{ \sqrt{ \hat{ exp( 1[ - + x1^{ w_{ \ln~ \mathbf{1}[ {x1~if~ \begin{cases} max(1, sigma' d dL/d
√ ² ' ∂ ∂L/∂ \frac{d \frac{\partial 1_{ |x1| ^ _ , ; ~ &
"""
_TRICKS = (
    "\u202ex1",
    "x1\u202e",
    "x\u200b1",
    "x1\u200d",
    "\u2066x1\u2069",
    "\N{CYRILLIC SMALL LETTER HA}1",
    "\N{FULLWIDTH LATIN SMALL LETTER X}1",
    "x\N{FULLWIDTH DIGIT ONE}",
    "\N{MATHEMATICAL ITALIC SMALL X}1",
    "x1\u0301",
    "ŷ\u0302\u0302",
    "\u0302" * 500,
    "\ufeffx1",
    "x1\x00",
    "\x00",
    "x1\x1b[31m",
    "x1\r\nx2;",
    "\ud800",
    "\N{LATIN SMALL LIGATURE FI}",
    "\N{ESTIMATED SYMBOL}^2",
    "x1\N{FULLWIDTH PLUS SIGN}x2",
    "\N{FULLWIDTH LEFT PARENTHESIS}x1\N{FULLWIDTH RIGHT PARENTHESIS}",
    "\N{FULLWIDTH DIGIT ONE}+1",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "²" * 900,
    "₁" * 900,
    "½" * 900,
    "x1" + "\u0300" * 900,
    "İ",
    "ß",
)


def _families():
    """Yield every hostile text."""
    yield from (around.format(code) for code in _CODE for around in _AROUND_CODE)
    for chain in _CHAINS:
        yield from (chain, f"sin({chain})")
    for template in _TEMPLATES:
        yield from (template, f"x1 + {template}")
    for command in _COMMANDS:
        yield from (f"\\{command}", f"x1 + \\{command}", f"\\frac{{\\{command}}}{{2}}")
    for base in ("9", "x1", "(x1+1)", "2.5", "e", "10"):
        for size in (4, 30, 200):
            yield "^".join([base] * size)
            yield f"({base}^" * size + "2" + ")" * size
        yield from (f"{base}^99999999999", f"{base}^-99999999999", f"(({base}^100)^100)^100")
    for digits in (51, 500, 1990):
        nines = "9" * digits
        yield from (nines, f"0.{nines[2:]}", f"1e{nines[2:]}", f"sin({nines[5:]})", f"x1^{nines[3:]}")
    for opening in (opening.replace("~", " ") for opening in _OPENINGS.split()):
        for count in (60, 300, 1990 // max(1, len(opening))):
            yield opening * count
            yield opening * count + "x1" + ")" * 5
    for trick in _TRICKS:
        yield from (trick, f"2*({trick})")
    yield from ("^^41", "x1^^5c", "^^5cinput{x}", "%x", "x1%\n+x2", "#1", "&x1&", "\\" * 1000, "x" * 1_000_000)


HOSTILE = tuple(dict.fromkeys(_families()))
