"""The embedded stack, and a model small enough for two steps on a CPU."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from codearena.embedded import embedded_gateway

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def gateway_url() -> Iterator[str]:
    with embedded_gateway("local", ROOT / "gateway" / "tasks") as url:
        yield url


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a randomly initialised model, with a tokenizer of bytes and a chat template that has tools."""
    tokenizers = pytest.importorskip("tokenizers", reason="needs requirements/train.lock: make test-train")
    import trl
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    folder = str(tmp_path_factory.mktemp("tiny"))
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    names = special + alphabet
    tokens = tokenizers.Tokenizer(tokenizers.models.BPE({name: at for at, name in enumerate(names)}, []))
    tokens.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = tokenizers.decoders.ByteLevel()
    tokens.add_special_tokens(special)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    template = Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja"
    tokenizer.chat_template = template.read_text("utf-8")
    tokenizer.save_pretrained(folder)
    config = Qwen3Config(
        vocab_size=len(names),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        max_position_embeddings=16384,
        eos_token_id=names.index("<|im_end|>"),
        pad_token_id=0,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    return folder
