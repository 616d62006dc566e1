"""How assistants refuse, language by language: patterns for folded text (no capitals, plain marks).

Each language has the wordings of “I can't do that” with the verbs of an assistant's work, and those
of declining, inability and rules. A gap holds a few words and no end of a sentence: a long text
costs no more than its length.
"""

import re

_GAP = r"[^.!?]{0,50}?"

_ENGLISH_WHO = (
    r"\b(?:i|we)(?: am| are|'m|'re)?(?: really| very| so)?(?: sorry,?)?(?: but)?(?: i| we)?"
)
_ENGLISH_CANNOT = (
    r"(?:can't|can ?not|won't|will not|"
    r"(?:am |'m |are |'re )?(?:unable to|not (?:able|allowed|permitted|going|willing) to|"
    r"not comfortable))"
)
_ENGLISH_DO = (
    r"(?:help|assist|answer|provid|shar|giv|creat|writ|generat|produc|compl(?:y|et)|fulfil|"
    r"do (?:that|this|so)|discuss|support|engag|offer|participat|advis|respond|disclos|"
    r"tell you|explain|teach|instruct|describ|list|reveal)"
)
_ENGLISH = re.compile(
    rf"{_ENGLISH_WHO}[ ,]*{_ENGLISH_CANNOT}(?: \w+){{0,3}}? {_ENGLISH_DO}\w*"
    r"|\b(?:i|we)(?:'ll| will| must| have to)?(?: respectfully)? (?:decline|refuse)\b"
    r"|\bnot something (?:i|we) can \w+"
    r"|\bagainst (?:my|our|the) (?:[\w-]+ ){0,2}(?:guideline|polic|principle|rule)\w*"
)

_GERMAN_CAN = r"(?:kann|können|darf|dürfen|möchte|möchten|werde|werden|will|wollen)"
_GERMAN_DO = (
    r"(?:helfen|weiterhelfen|behilflich|unterstützen|assistieren|antworten|beantworten|erfüllen|"
    r"bereitstellen|geben|erstellen|schreiben|verfassen|anbieten|nennen|verraten|liefern|"
    r"generieren|erklären|beraten|mitteilen|teilen|mitmachen|nachkommen|dienen|auskunft|"
    r"preisgeben|besprechen|diskutieren|beschreiben|erzeugen|machen|tun|sagen)"
)
_GERMAN = re.compile(
    rf"\b(?:ich|wir) {_GERMAN_CAN}\b{_GAP}\b(?:nicht|kein\w*)\b{_GAP}\b{_GERMAN_DO}"
    rf"|\b{_GERMAN_CAN} (?:ich|wir)\b{_GAP}\b(?:nicht|kein\w*)\b{_GAP}\b{_GERMAN_DO}"
    rf"|\b(?:da(?:bei|mit|zu|s)|hierbei|dies) {_GERMAN_CAN} (?:ich|wir)\b{_GAP}\bnicht\b"
    rf"|\b(?:bin|sind|sehe mich|sehen uns) (?:\w+ )?(?:leider )?(?:nicht|ausser ?stande)"
    rf"(?: in der lage| befugt| berechtigt| dazu| imstande|\b{_GAP} zu )"
    r"|\bist (?:es )?(?:mir|uns) (?:leider )?nicht (?:möglich|gestattet|erlaubt)"
    r"|\b(?:ich|wir)(?: muss| müssen| möchten?)? ?(?:das |dies |die anfrage |diese anfrage )?"
    r"(?:leider |höflich )?(?:lehne\w*|ablehnen|verweiger\w*)"
    rf"|\b(?:lehne|lehnen|verweigere|verweigern) (?:ich|wir)\b"
    r"|\b(?:gegen|widersprich\w*|verstös?st gegen) (?:meine\w*|unsere\w*|die) (?:\w+ ){0,2}"
    r"(?:richtlinie|grundsätz|regel|prinzip)\w*"
)

_FRENCH_DO = (
    r"(?:aid|assist|répond|fourni|donn|écri|rédig|cré|génér|produi|partag|expliqu|conseill|"
    r"particip|discut|trait|satisfai|accéd|divulgu|révél|décri|propos|faire|dire|soutenir)"
)
_FRENCH = re.compile(
    r"\b(?:je|nous) ne (?:peux|puis|pouvons|saurais|saurions|vais|allons|veux|souhaite)\b"
    rf"{_GAP}\b{_FRENCH_DO}"
    rf"|\b(?:je|nous) (?:peux|pouvons|vais) (?:\w+ )?pas\b{_GAP}\b{_FRENCH_DO}"
    r"|\b(?:je|nous) ne (?:suis|sommes) (?:\w+ )?pas (?:\w+ )?"
    r"(?:en mesure|autorisé|habilité|capable|à l'aise|disposé)"
    r"|\b(?:je|nous) (?:suis|sommes) (?:\w+ )?"
    r"(?:incapable|dans l'incapacité|dans l'impossibilité)"
    r"|\b(?:m'|nous )est (?:\w+ )?impossible"
    r"|\bje (?:dois |me dois de |préfère )?(?:poliment )?(?:décliner?|refuser?)\b"
    r"|\b(?:contraire à|contre) (?:mes|nos|les) (?:\w+ ){0,2}"
    r"(?:principe|directive|règle|consigne)s?"
)

_SPANISH_DO = (
    r"(?:ayud|asist|respond|contest|proporcion|ofre[cz]|d[aá]r|escrib|redact|cre|gener|produ[cz]|"
    r"compart|explic|aconsej|cumpl|hacer|habl|discut|facilit|particip|brind|revel|describ|decir|"
    r"atender|apoyar|realizar|complet|tratar)"
)
_SPANISH = re.compile(
    r"\bno (?:te |le |les |os |lo |la )?(?:puedo|podemos|podría|podré|debo|voy a|vamos a)\b"
    rf"{_GAP}\b{_SPANISH_DO}"
    rf"|\b(?:lo siento|perdón|lamento|disculpa)\w*\b{_GAP}\bno (?:puedo|podemos)\b"
    r"|\bno (?:me |nos )?(?:es|está|resulta) (?:posible|permitido)"
    r"|\bno (?:estoy|estamos|soy|somos) (?:\w+ )?"
    r"(?:autorizad|en condiciones|capacitad|dispuest|capa[zc]|cómod)"
    r"|\b(?:me|nos) (?:es|resulta) imposible|\bme niego a\b"
    r"|\bdebo (?:negarme|declinar|rechazar)\b"
    r"|\b(?:rechazo|declino) (?:esta|esa|tu|su|la)\b"
    r"|\b(?:contra|contrario a) (?:de )?(?:mis|nuestr[ao]s|las|los) (?:\w+ ){0,2}"
    r"(?:polític|norma|principio|directri|regla)\w*"
)

_PORTUGUESE_DO = (
    r"(?:ajud|auxili|assist|respond|fornec|oferec|dar|escrev|redig|cri|ger|produ[zc]|compartilh|"
    r"partilh|explic|aconselh|cumpr|fazer|fal|discut|particip|revel|descrev|dizer|atender|apoiar|"
    r"realiz|complet|trat)"
)
_PORTUGUESE = re.compile(
    r"\bnão (?:te |lhe |o |a )?(?:posso|podemos|poderei|consigo|conseguimos|devo|vou|iremos)\b"
    rf"{_GAP}\b{_PORTUGUESE_DO}"
    rf"|\b(?:desculp|sinto muito|lament|perdão)\w*\b{_GAP}\bnão (?:posso|podemos|consigo)\b"
    r"|\bnão (?:me |nos )?(?:é|está|seria) (?:possível|permitido)"
    r"|\bnão (?:estou|estamos|sou|somos) (?:\w+ )?"
    r"(?:autorizad|em condições|capacitad|dispost|capa[zc]|apt|confortável)"
    r"|\b(?:é-me|me é|nos é) impossível|\b(?:recuso-me|me recuso)\b"
    r"|\bdevo (?:recusar|declinar)\b"
    r"|\b(?:contra|contraria|contrário a) (?:as |os |a )?"
    r"(?:minhas|meus|nossas|nossos|diretrizes)\b"
)

_ITALIAN_DO = (
    r"(?:aiut|assist|rispond|forni|offri|dar|scriv|redig|cre|gener|produ[rc]|condivi|spieg|"
    r"consigli|soddisf|far|parl|discut|partecip|rivel|descriv|dir|support|complet|esegui|tratt)"
)
_ITALIAN = re.compile(
    r"\bnon (?:ti |vi |le |la |lo )?(?:posso|possiamo|potrei|devo|intendo|voglio|riesco a)\b"
    rf"{_GAP}\b{_ITALIAN_DO}"
    rf"|\b(?:mi dispiace|spiacent|scus)\w*\b{_GAP}\bnon (?:posso|possiamo)\b"
    r"|\bnon (?:mi |ci )?(?:è|sarebbe) (?:\w+ )?(?:possibile|permesso|consentito)"
    r"|\bnon (?:sono|siamo) (?:\w+ )?(?:autorizzat|in grado|dispost|capac|abilitat|a mio agio)"
    r"|\b(?:mi|ci) è impossibile|\bmi rifiuto\b|\bdevo (?:rifiutar|declinar)\w*"
    r"|\b(?:contro|contrario a\w*|va contro) (?:le |i )?"
    r"(?:mie|miei|nostre|nostri|linee guida)\b"
)

_DUTCH_CAN = r"(?:kan|kunnen|mag|mogen|wil|willen|zal|zullen|ga|gaan)"
_DUTCH_DO = (
    r"(?:help|assist|antwoord|beantwoord|geven|verstrek|bied|aanbied|schrij|maken|opstel|genere|"
    r"del|uitleg|advis|adviser|voldoen|doen|bespre|deelnem|onthul|beschrij|zegg|vertel|uitvoer|"
    r"ondersteun|meewerk)"
)
_DUTCH = re.compile(
    rf"\b(?:ik|we|wij) {_DUTCH_CAN}\b{_GAP}\b(?:niet|geen)\b{_GAP}\b{_DUTCH_DO}"
    rf"|\b{_DUTCH_CAN} (?:ik|we|wij)\b{_GAP}\b(?:niet|geen)\b{_GAP}\b{_DUTCH_DO}"
    r"|\b(?:ben|zijn) (?:\w+ )?niet (?:\w+ )?(?:in staat|bevoegd|gemachtigd|bereid)"
    r"|\bis (?:voor )?(?:mij|ons) (?:helaas )?(?:niet (?:mogelijk|toegestaan)|onmogelijk)"
    r"|\b(?:ik|we|wij) (?:moet(?:en)? )?(?:\w+ ){0,3}?(?:weiger|afwijz)\w*"
    r"|\b(?:tegen|in strijd met) (?:mijn|onze|de) (?:\w+ ){0,2}"
    r"(?:richtlijn|regel|principe|beleid)\w*"
)

_POLISH_DO = (
    r"(?:pom|odpowiedzi|odpowiada|udzieli|poda|dostarcz|napisa|pisa|stworzy|tworzy|wygenerowa|"
    r"generowa|udostępni|wyjaśni|doradz|spełni|zrobi|omawia|omówi|uczestnicz|ujawni|opisa|"
    r"powiedzie|wspiera|wykona|zaoferowa|przekaza)"
)
_POLISH = re.compile(
    r"\bnie (?:mogę|możemy|mógłbym|mogłabym|potrafię|będę|wolno mi|zamierzam)\b"
    rf"{_GAP}\b{_POLISH_DO}"
    rf"|\bnie \w+ w stanie\b|\bnie jest(?:em|eśmy) (?:\w+ )?(?:upoważni|uprawni|gotow)"
    rf"|\b(?:przykro mi|przepraszam|niestety)\b{_GAP}\bnie (?:mogę|możemy)\b"
    r"|\bmusz[ęą] odmówić|\bodmawiam(?:y)?\b|\bnie jest (?:to )?(?:możliwe|dozwolone)"
    r"|\b(?:niezgodne z|wbrew|sprzeczne z) (?:\w+ ){0,2}(?:zasad|wytyczn|regulamin)\w*"
)

_CHINESE_DO = (
    r"(?:帮|協助|协助|提供|回答|答覆|答复|满足|滿足|生成|创建|建立|撰写|撰寫|编写|編寫|写|寫|讨论|討論|"
    r"分享|透露|解释|解釋|给出|給出|参与|參與|支持|处理|處理|完成|执行|執行|描述|告诉|告訴|做)"
)
_CHINESE = re.compile(
    rf"(?:我|我们|我們|本助手)[^。！？!?.]{{0,12}}?(?:不能|无法|無法|不会|不會|不可以|不便|没办法|沒辦法|"
    rf"不愿|不願|不被允许|不被允許)[^。！？!?.]{{0,25}}?{_CHINESE_DO}"
    rf"|(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[^。！？!?.]{{0,12}}?"
    rf"(?:不能|无法|無法|不会|不會|不可以|不便|没办法|沒辦法)"
    r"|(?:我|我们|我們)(?:必须|必須|只能|要)?(?:拒绝|拒絕|谢绝|謝絕)"
    r"|恕(?:我)?(?:不能|无法|無法|难从命|難從命)"
    r"|违反[^。]{0,8}(?:准则|政策|原则|规定)|違反[^。]{0,8}(?:準則|政策|原則|規定)"
)

_JAPANESE_DO = (
    r"(?:お手伝い|手伝|お答え|回答|答え|提供|対応|支援|サポート|作成|生成|書く|書け|共有|説明|助言|"
    r"アドバイス|お応え|応じ|協力|開示|教え|お教え|議論|参加|実行|記述|伝え)"
)
_JAPANESE_CANNOT = (
    r"(?:できません|出来ません|できかねます|出来かねます|致しかねます|いたしかねます|"
    r"(?:られ|れ|え|け)ません|しかねます|かねます|できない|不可能です|控え)"
)
_JAPANESE = re.compile(
    rf"{_JAPANESE_DO}[^。！？]{{0,14}}?{_JAPANESE_CANNOT}"
    r"|お断り(?:し|いた|させ)|遠慮させていただ|辞退"
    rf"|(?:申し訳|すみません|恐れ入りますが|残念ながら)[^。！？]{{0,30}}?{_JAPANESE_CANNOT}"
    r"|(?:ガイドライン|ポリシー|方針|規約|規定)に(?:反|違反|抵触)"
)

REFUSALS = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "it": _ITALIAN,
    "nl": _DUTCH,
    "pl": _POLISH,
    "zh": _CHINESE,
    "ja": _JAPANESE,
}
"""The languages whose refusals are known (ISO 639-1), each with its wordings."""
