package io.reflux.model.zoo;

import io.reflux.model.graph.ModelException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which model to build.
 *
 * @param name one of {@link Zoo#names}, or another of such a family, such as {@code wrn-22-3}
 * @param inputShape shape of one sample, channels × height × width; dimensions at least 1
 * @param numClasses number of logits, at least 2
 * @param settings what was chosen; what is absent is as the model's paper has it
 * @param initialization how weights are drawn; null as is usual for the model
 * @param seed equal seeds give bit-identical weights on every machine
 */
public record ZooSpec(
        String name,
        List<Integer> inputShape,
        int numClasses,
        Map<ZooSetting, Object> settings,
        @Nullable Initialization initialization,
        long seed) {

    /** Most numbers in a sample or a weight tensor (1 GiB of floats): keeps products of shapes inside 32 bits. */
    static final long MAX_ELEMENTS = 1L << 28;

    private static final int SMALL_SIDE = 64;

    /** @throws ModelException if a value is out of range, or the model does not have a setting */
    public ZooSpec {
        inputShape = List.copyOf(inputShape);
        Map<ZooSetting, Object> copy = new EnumMap<>(ZooSetting.class);
        copy.putAll(settings);
        settings = Collections.unmodifiableMap(copy);
        Set<ZooSetting> known = Zoo.family(name).settings();
        require(
                inputShape.stream().allMatch(dimension -> dimension >= 1) && elements(inputShape) <= MAX_ELEMENTS,
                "inputShape",
                inputShape,
                "dimensions >= 1 and at most " + MAX_ELEMENTS + " elements");
        require(!inputShape.isEmpty(), "inputShape", inputShape, "channels, height, width");
        require(numClasses >= 2, "numClasses", numClasses, ">= 2");
        for (Map.Entry<ZooSetting, Object> chosen : settings.entrySet()) {
            ZooSetting setting = chosen.getKey();
            require(known.contains(setting), setting.key(), chosen.getValue(), absent(name, known));
            setting.require(chosen.getValue());
        }
    }

    /** The named model for 1×28×28 samples of 10 classes, with the usual settings and weights, seed 1. */
    public static ZooSpec of(String name) {
        return new ZooSpec(name, List.of(1, 28, 28), 10, Map.of(), null, 1);
    }

    public ZooSpec withInputShape(List<Integer> newInputShape) {
        return new ZooSpec(name, newInputShape, numClasses, settings, initialization, seed);
    }

    public ZooSpec withNumClasses(int newNumClasses) {
        return new ZooSpec(name, inputShape, newNumClasses, settings, initialization, seed);
    }

    public ZooSpec withHidden(Integer... widths) {
        return with(ZooSetting.HIDDEN, List.of(widths));
    }

    public ZooSpec withDropout(double inputDropout, double hiddenDropout) {
        return with(ZooSetting.INPUT_DROPOUT, inputDropout).with(ZooSetting.DROPOUT, hiddenDropout);
    }

    /**
     * One setting more, or another value for it.
     *
     * @throws ModelException if the value is out of range, or the model does not have the setting
     */
    public ZooSpec with(ZooSetting setting, Object value) {
        Map<ZooSetting, Object> chosen = new EnumMap<>(ZooSetting.class);
        chosen.putAll(settings);
        chosen.put(setting, value);
        return new ZooSpec(name, inputShape, numClasses, chosen, initialization, seed);
    }

    public ZooSpec withInitialization(Initialization newInitialization) {
        return new ZooSpec(name, inputShape, numClasses, settings, newInitialization, seed);
    }

    public ZooSpec withSeed(long newSeed) {
        return new ZooSpec(name, inputShape, numClasses, settings, initialization, newSeed);
    }

    /** The chosen number, or the usual one. */
    int count(ZooSetting setting, int usual) {
        return settings.get(setting) instanceof Integer chosen ? chosen : usual;
    }

    /** The chosen number, or the usual one. */
    double real(ZooSetting setting, double usual) {
        return settings.get(setting) instanceof Double chosen ? chosen : usual;
    }

    /** The chosen word, or the usual one. */
    String text(ZooSetting setting, String usual) {
        return settings.get(setting) instanceof String chosen ? chosen : usual;
    }

    /** What was chosen, or is usual. */
    boolean flag(ZooSetting setting, boolean usual) {
        return settings.get(setting) instanceof Boolean chosen ? chosen : usual;
    }

    /** The chosen widths, or none. */
    List<Integer> widths(ZooSetting setting) {
        return settings.get(setting) instanceof List<?> chosen
                ? chosen.stream().map(Integer.class::cast).toList()
                : List.of();
    }

    /** The initialisation to use. */
    Initialization drawnBy() {
        return initialization == null ? Zoo.family(name).initialization() : initialization;
    }

    /** Whether the first layers shall keep a small image large: as chosen, else for sides below 64. */
    boolean smallImages() {
        int side = Math.min(inputShape.get(1), inputShape.get(2));
        return text(ZooSetting.STEM, side < SMALL_SIDE ? "cifar" : "imagenet").equals("cifar");
    }

    /** @throws ModelException unless samples are images whose sides are at least {@code minSide} */
    void requireImages(int minSide) {
        require(
                inputShape.size() == 3 && inputShape.get(1) >= minSide && inputShape.get(2) >= minSide,
                "inputShape",
                inputShape,
                "channels, height, width with sides >= " + minSide + " for " + name);
    }

    static void require(boolean holds, String setting, Object value, String expected) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, setting + ": " + value + " (expected: " + expected + ")");
        }
    }

    private static String absent(String name, Set<ZooSetting> known) {
        return known.isEmpty()
                ? "absent, since " + name + " has no settings"
                : known.stream()
                        .map(ZooSetting::key)
                        .collect(Collectors.joining(", ", "absent, since " + name + " has only ", ""));
    }

    private static double elements(List<Integer> shape) {
        return shape.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
    }
}
