"""Each rule on sentences of our own: what it reads, with which span, and what looks alike and is not read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.extraction.reading import facts, values

if TYPE_CHECKING:
    from kg.model import Value

# property, sentence, value, words that state it
READ: tuple[tuple[str, str, Value, str], ...] = (
    # optimiser and its settings
    ("optimizer", "We trained with the Lion optimizer.", "Lion", "Lion"),
    ("optimizer", "Optimization relied on Adafactor throughout.", "Adafactor", "Adafactor"),
    ("adamBeta1", "AdamW was used with beta_1 = 0.9.", Decimal("0.9"), "beta_1 = 0.9"),
    ("adamBeta1", "We use Adam with betas (0.9, 0.98).", Decimal("0.9"), "0.9"),
    ("adamBeta2", "We use Adam with betas (0.9, 0.98).", Decimal("0.98"), "0.98"),
    ("adamBeta2", "AdamW ($\\beta_1=0.9$, $\\beta_2 = 0.999$) was used.", Decimal("0.999"), "\\beta_2 = 0.999"),
    ("adamBeta2", "AdamW with β₁ and β₂ set to 0.9 and 0.95 was used.", Decimal("0.95"), "0.95"),
    ("adamEpsilon", "AdamW with an epsilon of 1e-8.", Decimal("1e-8"), "epsilon of 1e-8"),
    ("adamEpsilon", "AdamW with $\\epsilon = 10^{-6}$.", Decimal("1e-6"), "\\epsilon = 10^{-6}"),
    ("weightDecay", "A decoupled weight decay of 0.05 was applied.", Decimal("0.05"), "weight decay of 0.05"),
    ("weightDecay", "Weight decay was set to 0.1.", Decimal("0.1"), "0.1"),
    ("dropout", "We use a dropout rate of 0.1.", Decimal("0.1"), "dropout rate of 0.1"),
    ("peakLearningRate", "The peak learning rate was 3 × 10⁻⁴.", Decimal("3e-4"), "3 × 10⁻⁴"),
    ("peakLearningRate", "The learning rate peaks at $6 \\times 10^{-5}$.", Decimal("6e-5"), "peaks at $6 \\times 10^{-5}$"),
    ("peakLearningRate", "The learning rate was linearly warmed up to 2e-4.", Decimal("2e-4"), "to 2e-4"),
    ("peakLearningRate", "A maximum learning rate of 1e-3 was used.", Decimal("1e-3"), "maximum learning rate of 1e-3"),
    ("minLearningRate", "The learning rate followed a cosine decay down to 1e-5.", Decimal("1e-5"), "down to 1e-5"),
    ("minLearningRate", "The rate decays to a minimum of 3e-6, the learning rate floor.", Decimal("3e-6"), "minimum of 3e-6"),
    ("minLearningRate", "The learning rate is warmed up and decayed to 1e-6.", Decimal("1e-6"), "to 1e-6"),
    ("learningRate", "We train with a constant learning rate of 5e-5.", Decimal("5e-5"), "constant learning rate of 5e-5"),
    ("learningRateSchedule", "An inverse square root learning rate schedule was used.", "inverse square root",
     "inverse square root learning rate schedule"),
    ("learningRateSchedule", "The learning rate followed polynomial decay.", "polynomial", "polynomial decay"),
    ("learningRateSchedule", "We use a linear learning rate decay.", "linear", "linear learning rate decay"),
    ("warmupSteps", "Warm-up lasted for the first 4,000 iterations.", 4000, "first 4,000 iterations"),
    ("warmupSteps", "There is a 500-step warmup.", 500, "500-step warmup"),
    ("warmupSteps", "It was warmed up to a peak of 1e-4 over 2k steps.", 2000, "2k steps"),
    ("warmupSteps", "We use 1,500 warmup steps.", 1500, "1,500 warmup steps"),
    ("warmupType", "The learning rate was warmed up linearly.", "linear", "warmed up linearly"),
    ("gradientClipNorm", "Gradients were clipped to a maximum norm of 0.5.", Decimal("0.5"), "maximum norm of 0.5"),
    ("gradientClipNorm", "We apply gradient clipping at 1.0.", Decimal("1.0"), "gradient clipping at 1.0"),
    ("stepCount", "The model was trained for 500,000 steps.", 500_000, "500,000 steps"),
    ("stepCount", "It took a total of 1.2M optimization steps.", 1_200_000, "1.2M optimization steps"),
    ("epochCount", "We trained for three epochs.", Decimal(3), "three epochs"),
    ("stoppingCriterion", "The run converged to the target validation perplexity.", "target validation perplexity",
     "target validation perplexity"),
    ("curriculum", "We follow a difficulty-based curriculum.", "difficulty-based", "difficulty-based curriculum"),
    # batches and sequences
    ("globalBatchSize", "A global batch size of 1,024 samples was used.", 1024, "global batch size of 1,024 samples"),
    ("globalBatchSize", "The global batch size was set to 2 million tokens.", 2_000_000, "2 million tokens"),
    ("globalBatchSize", "We used a batch size of 512.", 512, "batch size of 512"),
    ("globalBatchSize", "Accumulation gives an effective batch of 4096 images.", 4096, "effective batch of 4096 images"),
    ("localBatchSize", "The per-device batch size was 16.", 16, "16"),
    ("localBatchSize", "We fit a batch size of 8 sequences per GPU.", 8, "batch size of 8 sequences per GPU"),
    ("localBatchSize", "Each accelerator processed a batch size of 32.", 32, "a batch size of 32"),
    ("contextLength", "The maximum sequence length is 4,096 tokens.", 4096, "4,096 tokens"),
    ("contextLength", "It has a 32k token context window.", 32_000, "32k token context window"),
    ("contextLength", "Inputs were truncated to a maximum length of 77 tokens.", 77, "maximum length of 77 tokens"),
    ("initialContextLength", "We grow the context length from 1024 to 8192 tokens during training.", 1024, "1024"),
    ("contextLength", "We grow the context length from 1024 to 8192 tokens during training.", 8192, "8192 tokens"),
    # machines
    ("tensorParallelDegree", "Training combined 8-way tensor parallelism with others.", 8, "8-way tensor parallelism"),
    ("pipelineParallelDegree", "We set pipeline parallelism of degree 4.", 4, "pipeline parallelism of degree 4"),
    ("dataParallelDegree", "We used 16-way data parallelism.", 16, "16-way data parallelism"),
    ("expertParallelDegree", "Experts are spread by expert parallelism (size 8).", 8, "expert parallelism (size 8)"),
    ("modelParallelism", "Layers are split by model parallelism.", True, "model parallelism"),
    ("dataParallelism", "We rely on data parallelism alone.", True, "data parallelism"),
    ("precision", "All training used mixed precision with BF16.", "bfloat16", "mixed precision with BF16"),
    ("precision", "Weights are kept in FP16.", "FP16", "FP16"),
    ("precision", "Mixed-precision training (float16) was used.", "FP16", "Mixed-precision training (float16)"),
    ("interconnect", "Nodes are joined by a high-speed InfiniBand fabric.", "InfiniBand", "high-speed InfiniBand fabric"),
    ("interconnect", "The chips form a 2D torus.", "2D torus", "2D torus"),
    ("nodeCount", "Training ran on 16 nodes of the cluster.", 16, "16 nodes"),
    ("acceleratorsPerNode", "The cluster has 8 GPUs per node.", 8, "8 GPUs per node"),
    ("clusterDescription", "We used a dedicated GPU cluster.", "dedicated GPU cluster", "dedicated GPU cluster"),
    ("framework", "The code builds on PyTorch.", "PyTorch", "PyTorch"),
    ("framework", "We use the JAX-based MaxText library.", ("JAX", "MaxText"), "JAX-based MaxText library"),
    ("technique", "Memory is saved by activation checkpointing.", "gradient checkpointing", "activation checkpointing"),
    ("technique", "We shard optimizer states with ZeRO-3.", "ZeRO-3", "ZeRO-3"),
    ("technique", "Training used LoRA.", "LoRA", "LoRA"),
    ("achievedThroughput", "We sustained 180 TFLOP/s per GPU.", 180 * 10**12, "180 TFLOP/s per GPU"),
    ("reportedUtilization", "The run reached a model FLOPs utilization (MFU) of 41%.", Decimal("0.41"), "41%"),
    ("reportedCompute", "It consumed an estimated 12 PetaFLOP/s-days.", Decimal(12), "estimated 12 PetaFLOP/s-days"),
    ("reportedCompute", "Total compute was $3.2 \\times 10^{23}$ FLOPs.", 32 * 10**22, "3.2 \\times 10^{23}$ FLOPs"),
    ("reportedAcceleratorHours", "It took 1.3 million GPU-hours.", Decimal(1_300_000), "1.3 million GPU-hours"),
    ("reportedEnergy", "Training used 4.5 GWh of energy.", 4500, "4.5 GWh"),
    # the model
    ("architecture", "Our model is an encoder-only transformer.", "encoder-only transformer", "encoder-only transformer"),
    ("architectureFamily", "Nova-2B is a variant of the Mamba architecture.", "Mamba architecture", "Mamba architecture"),
    ("architectureDescription", "The model follows a compact hierarchical design.", "compact hierarchical design",
     "compact hierarchical design"),
    ("modelType", "Our audio-language model, named Sonora, is new.", "audio-language model", "audio-language model"),
    ("purpose", "It is a transformer architecture designed for scientific discovery.", "scientific discovery",
     "scientific discovery"),
    ("mlTask", "The model was designed for robust document understanding.", "document understanding",
     "document understanding"),
    ("mlTask", "It supports tasks such as speech recognition, speech translation, and audio captioning.",
     ("speech recognition", "speech translation", "audio captioning"),
     "speech recognition, speech translation, and audio captioning"),
    ("targetCapability", "We train with a particular focus on mathematical reasoning.", "mathematical reasoning",
     "mathematical reasoning"),
    ("inputModality", "The network takes textual and auditory inputs.", ("text", "audio"), "textual and auditory inputs"),
    ("layerCount", "The model has 32 transformer layers.", 32, "32 transformer layers"),
    ("layerCount", "It is a 48-layer transformer.", 48, "48-layer transformer"),
    ("attentionHeadCount", "There are 40 attention heads.", 40, "40 attention heads"),
    ("hiddenSize", "The hidden size is set by a model dimension of 5,120.", 5120, "model dimension of 5,120"),
    ("feedForwardSize", "It uses a feed-forward dimension of 16384.", 16384, "feed-forward dimension of 16384"),
    ("expertCount", "Each layer holds 64 experts.", 64, "64 experts"),
    ("fusionMechanism", "Features are fused by gated cross-attention blocks.", "gated cross-attention blocks",
     "gated cross-attention blocks"),
    ("activationFunction", "It uses the GELU activation function.", "GELU", "GELU activation function"),
    ("normalization", "We adopt RMSNorm.", "RMSNorm", "RMSNorm"),
    ("positionalEncoding", "Positions are encoded by ALiBi.", "ALiBi", "ALiBi"),
    ("trainingObjective", "The model was trained using masked language modeling and image-text matching.",
     ("masked language modeling", "image-text matching"), "masked language modeling and image-text matching"),
    ("evaluatedOn", "We report results on GSM8K.", "GSM8K", "GSM8K"),
    ("developedBy", "The model was developed by the Meta AI team.", "Meta AI", "Meta AI"),
    ("initialization", "The model was initialized from a publicly released checkpoint.", "publicly released checkpoint",
     "publicly released checkpoint"),
    # its parts
    ("frozen", "It uses a frozen SigLIP vision encoder.", True, "frozen SigLIP vision encoder"),
    ("frozen", "During training the text encoder is kept frozen.", True, "text encoder is kept frozen"),
    ("name", "It uses a frozen EVA-CLIP vision encoder, and no name.", "EVA-CLIP", "EVA-CLIP"),
    ("parameterCount", "It joins a frozen language model (a 7B parameter decoder-only transformer) to an image encoder.",
     7 * 10**9, "7B parameter"),
    ("latentTokenCount", "A perceiver resampler yields 64 latent tokens.", 64, "64 latent tokens"),
    ("architecture", "The audio encoder is a convolutional neural network.", "convolutional neural network",
     "convolutional neural network"),
    # tokenizer
    ("tokenizerType", "Text is split by a WordPiece tokenizer.", "WordPiece", "WordPiece"),
    ("vocabularySize", "It has a vocabulary size of 50,304.", 50_304, "vocabulary size of 50,304"),
    ("vocabularySize", "We use a vocabulary of 32k tokens.", 32_000, "32k tokens"),
    ("tokenizationScheme", "A shared tokenization scheme serves all languages.", "shared", "shared tokenization scheme"),
    # data
    ("tokenCount", "The corpus holds 1.4 trillion tokens.", 14 * 10**11, "1.4 trillion tokens"),
    ("pairCount", "The dataset has 12M image-caption pairs.", 12_000_000, "12M image-caption pairs"),
    ("imageCount", "The training dataset contains 3.5 million images.", 3_500_000, "3.5 million images"),
    ("documentCount", "The corpus comprises 80 million documents.", 80_000_000, "80 million documents"),
    ("sampleCount", "The dataset consists of 1.1 million robot trajectories.", 1_100_000, "1.1 million robot trajectories"),
    ("hourCount", "It was trained on 50,000 hours of speech data.", 50_000, "50,000 hours"),
    ("storageSize", "The text corpus amounts to 570GB.", 570, "570GB"),
    ("includes", "The corpus is composed of web pages, books, and source code repositories.",
     ("web pages", "books", "source code repositories"), "web pages, books, and source code repositories"),
    ("wasDerivedFrom", "The training data combines subsets of LAION-2B and COYO-700M.", "COYO-700M", "COYO-700M"),
    ("wasDerivedFrom", "The corpus includes books and a proprietary collection of legal contracts.",
     "proprietary collection of legal contracts", "proprietary collection of legal contracts"),
    ("imageResolution", "Images were resized to 384 × 384 pixels.", "384x384", "384 × 384 pixels"),
    ("framesPerSegment", "We sample 16 frames per clip.", 16, "16 frames per clip"),
    ("frameRate", "Videos are sampled at 2 frames per second.", Decimal(2), "2 frames per second"),
    ("samplingStrategy", "Frames follow a uniform temporal sampling strategy.", "uniform temporal sampling",
     "uniform temporal sampling strategy"),
    ("augmentation", "We apply MixUp and horizontal flipping as augmentation.", "horizontal flipping", "horizontal flipping"),
    ("preprocessing", "The data underwent careful deduplication and quality filtering.",
     ("deduplication", "quality filtering"), "careful deduplication and quality filtering"),
    # later stages and the place
    ("trainingStage", "After pre-training it underwent supervised fine-tuning (SFT).", "supervised fine-tuning",
     "supervised fine-tuning (SFT)"),
    ("facilityType", "Experiments ran at our compute center.", "compute center", "compute center"),
    ("yearQualifier", "The model was released in early 2024.", "early", "early 2024"),
)  # fmt: skip

# property, sentence: nothing is read
NOT_READ = (
    ("globalBatchSize", "GPT-3 was larger, compared to models with a batch size of 512."),
    ("learningRate", "The rate of learning in schools is 0.1."),
    ("peakLearningRate", "Weight decay has a peak of 0.01."),
    ("minLearningRate", "The learning rate decays to 10% of its peak."),
    ("learningRateSchedule", "Diffusion follows a linear noise schedule."),
    ("warmupSteps", "Warmup covers the first 5% of steps."),
    ("stepCount", "Checkpoints are saved every 5,000 steps."),
    ("stepCount", "Warm-up of the learning rate lasts for 2,000 steps."),
    ("epochCount", "We evaluate every 2 epochs."),
    ("adamEpsilon", "Label smoothing with ε=0.1 was used."),
    ("contextLength", "Samples were truncated to 16 seconds."),
    ("precision", "Models were quantized to INT8 for deployment."),
    ("technique", "We train without gradient checkpointing."),
    ("dataParallelism", "We avoid data parallelism."),
    ("achievedThroughput", "The theoretical peak is 312 TFLOPS per GPU."),
    ("reportedAcceleratorHours", "It costs 100 GPU-hours per epoch."),
    ("tokenCount", "The batch holds 4 million tokens of the corpus."),
    ("tokenCount", "It has a context window of 1 million tokens for the dataset."),
    ("imageCount", "The held-out validation set of the dataset has 30,000 images."),
    ("hourCount", "Training took 300 hours."),
    ("storageSize", "Each GPU has 80GB of memory for the data."),
    ("imageResolution", "We keep images with a resolution > 512x512."),
    ("imageResolution", "The chips form a 4×4×8 torus for images."),
    ("expertCount", "Only 2 experts are active per token."),
    ("layerCount", "We froze the lower 12 layers."),
    ("attentionHeadCount", "Attention uses 8 key-value heads."),
    ("wasDerivedFrom", "Pixels were normalized using ImageNet statistics on the training data."),
    ("wasDerivedFrom", "We evaluated the model on ImageNet, a benchmark."),
    ("evaluatedOn", "The model was trained on GSM8K."),
    ("evaluatedOn", "It uses grouped-query attention (GQA), with strong results."),
    ("evaluatedOn", "We care about data quality in evaluation."),
    ("preprocessing", "Evaluation covers tasks including semantic segmentation and object detection."),
    ("purpose", "We built a custom tokenizer optimized for code."),
    ("trainingStage", "It was pre-trained without any fine-tuning."),
    ("trainingStage", "Weights were released for downstream fine-tuning."),
    ("dropout", "The dropout of 45% of students is another matter."),
    ("reportedUtilization", "GPU utilization of 95% was observed."),
    ("architecture", "Unlike a decoder-only transformer, it has two towers."),
    ("vocabularySize", "The vocabulary is large."),
    ("optimizer", "A lion is an animal."),
)


@pytest.mark.parametrize(("property_", "sentence", "value", "words"), READ, ids=lambda value: str(value)[:50])
def test_a_rule_reads_value_and_words(property_: str, sentence: str, value: Value, words: str) -> None:
    found = facts(sentence, property_)
    assert (value, words) in [(fact.value, fact.text) for fact in found], found


@pytest.mark.parametrize(("property_", "sentence"), NOT_READ, ids=lambda value: str(value)[:50])
def test_what_only_looks_like_a_statement_is_not_read(property_: str, sentence: str) -> None:
    assert values(sentence, property_) == []


def test_a_later_stage_has_its_own_run() -> None:
    text = (
        "For pre-training, we used a peak learning rate of 3e-4. "
        "During supervised fine-tuning, a learning rate of 1e-5 and a global batch size of 64 were used."
    )
    assert [fact.subject for fact in facts(text, "peakLearningRate")] == ["run:pretraining"]
    assert [fact.subject for fact in facts(text, "learningRate")] == ["run:sft"]
    assert [fact.subject for fact in facts(text, "globalBatchSize")] == ["run:sft"]


def test_a_passage_about_instruction_tuning_has_no_pretraining_facts() -> None:
    text = "We conducted instruction tuning of Sonora-7B. The learning rate of 2e-5 was kept. It ran on 16 A100 GPUs."
    assert {fact.subject for fact in facts(text, "learningRate") + facts(text, "acceleratorCount")} == {"run:sft"}


@pytest.mark.parametrize(
    ("sentence", "unit"),
    [
        ("A global batch size of 2,048 sequences.", "sequences"),
        ("An effective batch size of 256 image-text pairs.", "image-text pairs"),
        ("A global batch size of 2048.", None),
    ],
)
def test_a_batch_says_what_it_counts_or_has_no_unit(sentence: str, unit: str | None) -> None:
    assert [fact.unit for fact in facts(sentence, "globalBatchSize")] == [unit]


def test_a_stated_degree_makes_the_mere_mention_superfluous() -> None:
    text = "We used 8-way tensor parallelism and, again, tensor parallelism."
    assert values(text, "modelParallelism") == []
    assert values(text, "tensorParallelDegree") == [8]


def test_the_same_statement_twice_is_one_fact() -> None:
    assert len(facts("We used AdamW. The AdamW optimizer is common.", "optimizer")) == 1


def test_dimensions_of_a_part_belong_to_the_part() -> None:
    found = facts("The audio encoder is deep with 24 transformer layers.", "layerCount")
    assert [(fact.subject, fact.value) for fact in found] == [("component:audio-encoder", 24)]
