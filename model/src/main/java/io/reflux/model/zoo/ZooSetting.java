package io.reflux.model.zoo;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What can be chosen about a model beside its name. Each family says which of these it takes, and what is usual. */
public enum ZooSetting {
    /** Widths of the hidden layers. */
    HIDDEN("hidden", "widths >= 1", ZooSetting::areWidths),
    /** Share of hidden units dropped in training. */
    DROPOUT("dropout", ">= 0 and < 1", ZooSetting::isShare),
    /** Share of inputs dropped in training. */
    INPUT_DROPOUT("inputDropout", ">= 0 and < 1", ZooSetting::isShare),
    /** Whether each hidden layer is normalised over the batch. */
    BATCH_NORM("batchNorm", "true or false", Boolean.class::isInstance),
    /** Factor on the number of channels of every layer. */
    WIDTH("width", "> 0 and <= 16", value -> value instanceof Double d && d > 0 && d <= 16),
    /** Whether the first layers keep small images large or shrink large ones. */
    STEM("stem", "cifar or imagenet", value -> List.of("cifar", "imagenet").contains(value)),
    /** What a residual connection does where shapes differ: A pads with zeros, B projects. */
    SHORTCUT("shortcut", "A or B", value -> List.of("A", "B").contains(value)),
    /** Side of the square patches of a vision transformer, in pixels. */
    PATCH_SIZE("patchSize", ">= 1", ZooSetting::isCount),
    /** Number of blocks. */
    DEPTH("depth", ">= 1", ZooSetting::isCount),
    /** Numbers that stand for one token. */
    EMBEDDING("embedding", ">= 1", ZooSetting::isCount),
    /** Attention heads of a block. */
    HEADS("heads", ">= 1", ZooSetting::isCount),
    /** Whether a transformer's linear layers and norms add something. */
    BIAS("bias", "true or false", Boolean.class::isInstance),
    /** Whether a language model's token embedding is its last layer too. */
    TIE_WEIGHTS("tieWeights", "true or false", Boolean.class::isInstance),
    /** What stands for a sequence: the mean of its tokens that are no padding, or its first token. */
    POOLING("pooling", "mean or first", value -> List.of("mean", "first").contains(value)),
    /** Number of different tokens that a classifier of text takes. */
    VOCABULARY("vocabulary", ">= 1", ZooSetting::isCount);

    private final String key;
    private final String expected;
    private final Predicate<Object> allowed;

    ZooSetting(String key, String expected, Predicate<Object> allowed) {
        this.key = key;
        this.expected = expected;
        this.allowed = allowed;
    }

    /** Its name in recipes. */
    public String key() {
        return key;
    }

    /** The setting with this key. */
    public static Optional<ZooSetting> of(String key) {
        return Stream.of(values()).filter(setting -> setting.key.equals(key)).findFirst();
    }

    void require(Object value) {
        ZooSpec.require(allowed.test(value), key, value, expected);
    }

    private static boolean areWidths(Object value) {
        return value instanceof List<?> widths && widths.stream().allMatch(ZooSetting::isCount);
    }

    private static boolean isShare(Object value) {
        return value instanceof Double share && share >= 0 && share < 1;
    }

    private static boolean isCount(Object value) {
        return value instanceof Integer count && count >= 1;
    }
}
