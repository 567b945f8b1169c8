"""What the demonstration says, in the languages of its users."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    notice: str
    headings: tuple[str, ...]
    asked: str
    about: tuple[str, ...]
    points: tuple[str, ...]
    columns: tuple[str, str, str]
    cells: tuple[str, ...]
    code: str
    next: tuple[str, ...]
    greeting: str
    thinking: tuple[str, ...]
    no_subject: str


EN = Phrases(
    notice="This is a demonstration: no model has read your question, and this text only shows how an answer looks.",
    headings=("A first look at {0}", "Notes on {0}", "{0}, in short"),
    asked="You asked",
    about=(
        "A real model would now go into **{0}** and say how it depends on *{1}*.",
        "The heart of it is **{0}**; *{1}* is where most people would start.",
    ),
    points=(
        "Begin with {0}: write down what is known and what is only assumed.",
        "Compare {0} with {1} before deciding anything.",
        "Ask one colleague who works with {0} every day.",
        "Keep the part about {1} short; it can be added to later.",
        "Check the figures for {0} once more at the end.",
    ),
    columns=("Subject", "Why it matters", "Next step"),
    cells=("asked for by name", "changes the result", "easy to overlook", "look it up", "ask the owner", "try it once"),
    code="A small example, so that you can see how code looks:",
    next=(
        "Connect a provider in the administration, and a model will answer here.",
        "Ask for a table, a list or code to see how each looks.",
    ),
    greeting="Hello! I am only the demonstration, no model; but everything around me is real.",
    thinking=(
        "The question is about {0}.",
        "It also mentions {1}, which may limit what is useful.",
        "A short overview first, then points, then a table, should be easiest to read.",
        "I must say clearly that this is a demonstration.",
    ),
    no_subject="your question",
)

ES = Phrases(
    notice="Esto es una demostración: ningún modelo ha leído tu pregunta; este texto solo muestra cómo se ve.",
    headings=("Una primera mirada a {0}", "Notas sobre {0}", "{0}, en pocas palabras"),
    asked="Preguntaste",
    about=(
        "Un modelo de verdad hablaría ahora de **{0}** y de cómo depende de *{1}*.",
        "Lo principal es **{0}**; casi todos empezarían por *{1}*.",
    ),
    points=(
        "Empieza por {0}: anota lo que se sabe y lo que solo se supone.",
        "Compara {0} con {1} antes de decidir.",
        "Pregunta a alguien que trabaje con {0} todos los días.",
        "Que la parte sobre {1} sea breve; se puede ampliar después.",
        "Revisa los datos de {0} una vez más al final.",
    ),
    columns=("Tema", "Por qué importa", "Siguiente paso"),
    cells=("lo pediste", "cambia el resultado", "se olvida fácilmente", "consultarlo", "preguntar", "probarlo"),
    code="Un ejemplo pequeño, para ver cómo se muestra el código:",
    next=(
        "Conecta un proveedor en la administración y aquí responderá un modelo.",
        "Pide una tabla, una lista o código para ver cada uno.",
    ),
    greeting="¡Hola! Soy solo la demostración, no un modelo; todo lo demás aquí es real.",
    thinking=(
        "La pregunta trata de {0}.",
        "También menciona {1}.",
        "Primero un resumen, después los puntos y una tabla.",
        "Debo decir con claridad que esto es una demostración.",
    ),
    no_subject="tu pregunta",
)

PT = Phrases(
    notice="Isto é uma demonstração: nenhum modelo leu a sua pergunta; este texto só mostra como é uma resposta.",
    headings=("Um primeiro olhar sobre {0}", "Notas sobre {0}", "{0}, em poucas palavras"),
    asked="Você perguntou",
    about=(
        "Um modelo de verdade falaria agora de **{0}** e de como isso depende de *{1}*.",
        "O principal é **{0}**; quase todos começariam por *{1}*.",
    ),
    points=(
        "Comece por {0}: anote o que se sabe e o que apenas se supõe.",
        "Compare {0} com {1} antes de decidir.",
        "Pergunte a quem trabalha com {0} todos os dias.",
        "Mantenha curta a parte sobre {1}; dá para ampliar depois.",
        "Confira os números de {0} mais uma vez no fim.",
    ),
    columns=("Assunto", "Por que importa", "Próximo passo"),
    cells=("foi pedido", "muda o resultado", "costuma ser esquecido", "consultar", "perguntar", "experimentar"),
    code="Um pequeno exemplo, para ver como o código aparece:",
    next=(
        "Conecte um provedor na administração e um modelo responderá aqui.",
        "Peça uma tabela, uma lista ou código para ver cada um.",
    ),
    greeting="Olá! Sou apenas a demonstração, não um modelo; todo o resto aqui é real.",
    thinking=(
        "A pergunta é sobre {0}.",
        "Também fala de {1}.",
        "Primeiro um resumo, depois os pontos e uma tabela.",
        "Preciso dizer com clareza que isto é uma demonstração.",
    ),
    no_subject="a sua pergunta",
)

JA = Phrases(
    notice="これはデモです。モデルはご質問を読んでいません。この文章は回答の見え方を示すためのものです。",
    headings=("{0}について", "{0}の要点", "{0}のメモ"),
    asked="ご質問",
    about=(
        "本物のモデルなら、ここで**{0}**と*{1}*の関係を説明します。",
        "中心になるのは**{0}**です。多くの人は*{1}*から始めます。",
    ),
    points=(
        "まず{0}について、分かっていることと推測を分けて書き出します。",
        "決める前に{0}と{1}を比べます。",
        "{0}を毎日扱っている同僚に聞きます。",
        "{1}の部分は短くし、後で補います。",
        "最後に{0}の数字をもう一度確認します。",
    ),
    columns=("項目", "大切な理由", "次の一歩"),
    cells=("ご指定の項目", "結果が変わる", "見落としやすい", "調べる", "担当者に聞く", "一度試す"),
    code="コードの見え方の例です。",
    next=(
        "管理画面でプロバイダーを接続すると、ここでモデルが答えます。",
        "表、リスト、コードを頼むと、それぞれの見え方が分かります。",
    ),
    greeting="こんにちは。私はデモで、モデルではありません。まわりの仕組みはすべて本物です。",
    thinking=(
        "質問は{0}についてです。",
        "{1}にも触れています。",
        "概要、要点、表の順が読みやすいでしょう。",
        "デモであることをはっきり伝えます。",
    ),
    no_subject="ご質問",
)

SIGNS = (
    (PT, re.compile(r"[ãõ]|\b(?:você|não|uma|para|com|escreva|faça|obrigad[oa]|olá|como|são)\b", re.I)),
    (ES, re.compile(r"[¿¡ñ]|\b(?:el|los|las|una|para|con|escribe|haz|gracias|hola|cómo|qué|por|del)\b", re.I)),
    (EN, re.compile(r"\b(?:the|a|an|is|to|of|and|please|write|for|what|how|hello)\b", re.I)),
)


def phrases_for(prompt: str) -> Phrases:
    """Those of the language that the prompt shows most signs of."""
    if re.search(r"[぀-ヿ]", prompt):
        return JA
    found = [(len(signs.findall(prompt)), phrases) for phrases, signs in SIGNS]
    return max(found, key=lambda pair: pair[0])[1] if any(count for count, _ in found) else EN
