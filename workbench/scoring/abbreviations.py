"""Shortened words of ten languages whose full stop need not end a sentence."""

_GO_ON = """
e.g i.e eg ie cf viz vs approx dr mr mrs ms mx prof st rev hon gen col capt lt sgt gov messrs mmes
dept incl excl resp eds ca z.b d.h u.a i.d.r s.o s.u bzw ggf evtl ggfs inkl exkl zzgl abzgl hr fr
abs bspw sog vgl vermutl allg mind dipl ing anm mme mlle mlles p.ex ex ej p.ej mgr av env sra
srta sres ud uds dra dres sig sigg sig.ra sig.na dott dott.ssa avv gent.mo gent.ma spett exmo exma
dhr mevr bijv d.w.z o.a t.a.v drs np tzn tj m.in ul zob inż hab św godz tzw
"""
_BEFORE_A_NUMBER = """
no nos nr nrs fig figs eq eqs sec ch vol vols p pp art abb kap tab bd núm pág págs pag pagg blz str
tel ext min max approx jan feb mar apr jun jul aug sep sept oct okt nov dec dez
"""
_MAY_END = "inc ltd co corp bros jr sr a.m p.m u.s u.k u.s.a e.u a.d b.c ph.d"
_BEGINNINGS = """
the a an it they he she we you this that these those there here in on at if when as but and or so
call please however then my our your his her their i what who how why where
"""
_AFTER_A_DAY = """
januar jänner februar märz april mai juni juli august september oktober november dezember januari
februari maart mei augustus stycznia lutego marca kwietnia maja czerwca lipca sierpnia września
października listopada grudnia jahrhundert klasse stock etage
"""

GO_ON = frozenset(_GO_ON.split())
"""They want another word after them."""

BEFORE_A_NUMBER = frozenset(_BEFORE_A_NUMBER.split())
"""They do before a number only: “No. 5” goes on, “He said no. Then …” does not."""

LIST_ENDS = frozenset(["etc", "usw", "ecc", "enz", "itd", "itp"])
"""They end a sentence where a capital follows."""

MAY_END = frozenset(_MAY_END.split())
"""They end a sentence where a word follows that begins sentences."""

BEGINNINGS = frozenset(_BEGINNINGS.split())
"""Words that begin sentences in English, so that what stands before them has ended one."""

AFTER_A_DAY = frozenset(_AFTER_A_DAY.split())
"""What follows an ordinal number with a full stop: “am 3. Mai”."""
