"""Texts as tokens, by a tokenizer.json: WordPiece as BERT has it, and pairs of bytes as GPT-2 and RoBERTa have them."""

import json
import re
import unicodedata

from .cells import BLANK_CHARACTERS

# A text of which every token is wanted has no more characters.
MOST_CHARACTERS = 1_000_000
# Of a text that is cut to a few tokens only the beginning is looked at: so many characters for each token and some
# more, and twice as many where they do not give the tokens and a few to spare.
CHARACTERS_PER_TOKEN = 32
MORE_CHARACTERS = 1024
SPARE_TOKENS = 8
DEFAULT_PADDING = ("[PAD]", "<pad>", "<|pad|>")


class TextFlaw(Exception):
    """Why a text has no tokens: a code of errors.csv and a sentence."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class Tokenizer:
    """
    `before` and `after` are the special tokens around each text, (id, type) each, `content_type` is the type of its own
    tokens; `pad_id`, `pad_type`, `is_padded_left` and `padded_length` (None: that of the longest text) say how texts of
    a run are filled up.
    """

    def __init__(self, place):
        with open(place, encoding="utf-8") as file:
            facts = json.load(file)
        model = facts["model"]
        self.ids = dict(model["vocab"])
        self.unknown = model.get("unk_token")
        added = facts.get("added_tokens") or []
        self.added = {token["content"]: token for token in added}
        longest_first = sorted(self.added, key=len, reverse=True)
        self.added_tokens = re.compile("|".join(map(re.escape, longest_first)))
        self.ids.update((token["content"], token["id"]) for token in added)
        self.normalizer = facts.get("normalizer")
        self.pieces = WordPieces(model, self.ids) if model.get("type") == "WordPiece" else BytePairs(facts, self.ids)
        self.is_cut_left = (facts.get("truncation") or {}).get("direction") == "Left"
        self.before, self.after, self.content_type = self.special_tokens(facts.get("post_processor"))
        padding = facts.get("padding") or {}
        names = ([padding["pad_token"]] if "pad_token" in padding else []) + list(DEFAULT_PADDING)
        named = next((self.ids[name] for name in names if name in self.ids), 0)
        self.pad_id = padding.get("pad_id", named)
        self.pad_type = padding.get("pad_type_id", 0)
        self.is_padded_left = padding.get("direction") == "Left"
        strategy = padding.get("strategy")
        self.padded_length = strategy.get("Fixed") if isinstance(strategy, dict) else None

    def special_tokens(self, processor):
        kind = (processor or {}).get("type")
        if kind in ("BertProcessing", "RobertaProcessing"):
            return [(self.ids[processor["cls"][0]], 0)], [(self.ids[processor["sep"][0]], 0)], 0
        if kind != "TemplateProcessing":
            return [], [], 0
        before, after = [], []
        content_type = None
        for item in processor["single"]:
            if "Sequence" in item:
                content_type = item["Sequence"]["type_id"]
            else:
                token = item["SpecialToken"]
                (before if content_type is None else after).append((self.ids[token["id"]], token["type_id"]))
        return before, after, content_type or 0

    def encode(self, text, most):
        """Ids of a text's own tokens: the first `most` of them, or the last where the file says so; None for all."""
        if most is None or self.is_cut_left:
            if len(text) > MOST_CHARACTERS:
                raise too_long(len(text))
            ids = self.ids_of(text)
            return ids if most is None else ids[len(ids) - most :] if len(ids) > most else ids
        size = most * CHARACTERS_PER_TOKEN + MORE_CHARACTERS
        while True:
            end = between_words(text, size) if len(text) > size else len(text)
            if end > MOST_CHARACTERS:
                raise too_long(end)
            ids = self.ids_of(text[:end])
            if end == len(text) or len(ids) >= most + SPARE_TOKENS:
                return ids[:most]
            size *= 2

    def ids_of(self, text):
        ids = []
        for piece in self.split_by_added(text):
            if piece in self.added:
                ids.append(self.added[piece]["id"])
                continue
            for token in self.pieces.tokens_of(self.normalized(piece), self.unknown):
                if token not in self.ids:
                    message = f'The tokenizer cannot read this text: it knows no token for "{token[:20]}".'
                    raise TextFlaw("model-error", message)
                ids.append(self.ids[token])
        return ids

    def split_by_added(self, text):
        """The text cut at the tokens that were added to the vocabulary, the longest at each place."""
        pieces, start = [], 0
        for found in self.added_tokens.finditer(text) if self.added else ():
            pieces += [text[start : found.start()], found[0]]
            start = found.end()
        pieces.append(text[start:])
        for place, piece in enumerate(pieces):
            token = self.added.get(piece)
            if token is not None and token.get("lstrip") and place > 0:
                pieces[place - 1] = pieces[place - 1].rstrip(BLANK_CHARACTERS)
            if token is not None and token.get("rstrip") and place + 1 < len(pieces):
                pieces[place + 1] = pieces[place + 1].lstrip(BLANK_CHARACTERS)
        return [piece for piece in pieces if piece != ""]

    def normalized(self, text):
        rules = self.normalizer
        if rules is None:
            return text
        if rules["type"] in ("NFC", "NFD", "NFKC", "NFKD"):
            return unicodedata.normalize(rules["type"], text)
        if rules["type"] == "Lowercase":
            return text.lower()
        if rules.get("clean_text"):
            text = "".join(map(cleaned, text))
        if rules.get("handle_chinese_chars"):
            text = "".join(f" {character} " if is_chinese(ord(character)) else character for character in text)
        if rules.get("lowercase"):
            text = text.lower()
        strips = rules.get("strip_accents")
        if strips or (rules.get("lowercase") and strips is not False):
            text = without_accents(text)
        return text


def cleaned(character):
    if character in "\0\ufffd":
        return ""
    if character not in "\t\n\r" and unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return " " if character in BLANK_CHARACTERS else character


def is_chinese(code):
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF


def without_accents(text):
    return "".join(
        character for character in unicodedata.normalize("NFD", text) if unicodedata.category(character) != "Mn"
    )


def is_sign(character):
    """Punctuation: Unicode's, and every sign of ASCII."""
    return "!" <= character <= "~" and not character.isalnum() or unicodedata.category(character).startswith("P")


class WordPieces:
    """Words apart from signs, then each word by its longest beginnings that are known."""

    def __init__(self, model, ids):
        self.ids = ids
        self.prefix = model.get("continuing_subword_prefix", "##")
        self.most = model.get("max_input_chars_per_word", 100)

    def tokens_of(self, text, unknown):
        return [token for word in words_of(text) for token in self.pieces_of(word, unknown)]

    def pieces_of(self, word, unknown):
        if len(word) > self.most:
            return [unknown]
        pieces, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = (self.prefix if start > 0 else "") + word[start:end]
                if piece in self.ids:
                    break
            else:
                return [unknown]
            pieces.append(piece)
            start = end
        return pieces


def words_of(text):
    words, word = [], ""
    for character in text:
        is_blank = character in BLANK_CHARACTERS
        if not is_blank and not is_sign(character):
            word += character
            continue
        if word:
            words.append(word)
            word = ""
        if not is_blank:
            words.append(character)
    return words + [word] if word else words


def byte_letters():
    """
    The letters that GPT-2 writes for bytes: printable ones stand for themselves, the others for those from 256 on.
    """
    plain = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


LETTERS = byte_letters()
ENDINGS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


class BytePairs:
    """Words with the space before them, then pairs of their bytes joined, those that the file names first."""

    def __init__(self, facts, ids):
        model = facts["model"]
        self.ids = ids
        pairs = [tuple(pair) if isinstance(pair, list) else tuple(pair.split(" ", 1)) for pair in model["merges"]]
        self.ranks = {pair: rank for rank, pair in reversed(list(enumerate(pairs)))}
        self.keeps_known = model.get("ignore_merges", False)
        self.adds_space = facts["pre_tokenizer"].get("add_prefix_space", False)
        self.known = {}

    def tokens_of(self, text, unknown):
        if self.adds_space and not text.startswith(" "):
            text = " " + text
        tokens = []
        for word in byte_words(text):
            letters = "".join(LETTERS[byte] for byte in word.encode("utf-8", "replace"))
            for token in self.joined(letters):
                if token in self.ids:
                    tokens.append(token)
                elif unknown is not None:
                    tokens.append(unknown)
        return tokens

    def joined(self, word):
        if self.keeps_known and word in self.ids:
            return [word]
        if word in self.known:
            return self.known[word]
        parts = list(word)
        while len(parts) > 1:
            ranks = [self.ranks.get(pair) for pair in zip(parts, parts[1:])]
            best = min((rank for rank in ranks if rank is not None), default=None)
            if best is None:
                break
            parts = joined_everywhere(parts, ranks, best)
        if len(self.known) < 10_000:
            self.known[word] = parts
        return parts


def joined_everywhere(parts, ranks, best):
    """With every pair of that rank made one part, from left to right."""
    result, at = [], 0
    while at < len(parts):
        is_pair = at < len(ranks) and ranks[at] == best
        result.append(parts[at] + parts[at + 1] if is_pair else parts[at])
        at += 2 if is_pair else 1
    return result


def kind_of(character):
    if character in BLANK_CHARACTERS:
        return "blank"
    category = unicodedata.category(character)
    return {"L": "letter", "N": "digit"}.get(category[0], "sign")


def byte_words(text):
    """
    Runs of letters, of digits and of signs, each with one space before it; runs of blanks leave their last one to what
    follows.
    """
    words, at = [], 0
    while at < len(text):
        ending = next((ending for ending in ENDINGS if text.startswith(ending, at)), None)
        if ending is not None:
            words.append(ending)
            at += len(ending)
            continue
        start = at
        first = at + 1 if text[at] == " " and at + 1 < len(text) else at
        kind = kind_of(text[first])
        if kind == "blank":
            while at < len(text) and kind_of(text[at]) == "blank":
                at += 1
            if at < len(text) and at - start > 1:
                at -= 1
        else:
            at = first
            while at < len(text) and kind_of(text[at]) == kind:
                at += 1
        words.append(text[start:at])
    return words


def between_words(text, size):
    """Where a text may be cut near `size` characters: before a blank; its end where there is none for long."""
    for at in range(size, size // 2, -1):
        if is_break(text[at]) and not is_break(text[at - 1]):
            return at
    for at in range(size + 1, len(text)):
        if text[at] in BLANK_CHARACTERS and text[at - 1] not in BLANK_CHARACTERS:
            return at
    return len(text)


def is_break(character):
    return character == " " or "\t" <= character <= "\r" or character == "\u3000"


def too_long(characters):
    told = f"no more than {MOST_CHARACTERS} are made tokens of"
    return TextFlaw("text-too-long", f"The text has {characters} characters in one piece, and {told}.")
