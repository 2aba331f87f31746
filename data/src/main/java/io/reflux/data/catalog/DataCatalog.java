package io.reflux.data.catalog;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.view.PixelScaling;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The data sets that can be named in a recipe. */
public final class DataCatalog {

    private static final String MNIST = "mnist";
    private static final String CIFAR_10 = "cifar10";
    private static final String GLYPHS = "glyphs";
    private static final String TINY_SHAKESPEARE = "tiny-shakespeare";
    private static final String SST_2 = "sst2";

    private DataCatalog() {}

    /** The names that {@link #open} knows. */
    public static List<String> names() {
        return List.of(MNIST, CIFAR_10, GLYPHS, TINY_SHAKESPEARE, SST_2);
    }

    /**
     * Returns {@code name} where {@link #open} knows it.
     *
     * @throws IllegalArgumentException if it does not
     */
    public static String requireName(String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException(unknown(name));
        }
        return name;
    }

    /**
     * Opens a data set.
     *
     * @throws DataException if there is no such set, a file is missing or unsound, or the set is too small
     */
    public static DataSplits open(DataSetSpec spec) {
        return switch (spec.name()) {
            case MNIST -> MnistFiles.open(spec);
            case CIFAR_10 -> Cifar10Files.open(spec);
            case GLYPHS -> Glyphs.open(spec);
            case TINY_SHAKESPEARE -> TinyShakespeare.open(spec);
            case SST_2 -> Sst2Files.open(spec);
            default -> throw new DataException(DataException.Code.UNKNOWN, unknown(spec.name()));
        };
    }

    /** The usual pixel scaling of the named set; {@link PixelScaling#UNIT} where there is none, and for unknown names. */
    public static PixelScaling scaling(String name) {
        return name.equals(CIFAR_10) ? Cifar10Files.SCALING : PixelScaling.UNIT;
    }

    private static String unknown(String name) {
        String nearest = Collections.min(names(), Comparator.comparingInt(known -> edits(name, known)));
        String hint = edits(name, nearest) <= 2 ? "; did you mean %s?".formatted(nearest) : "";
        return "data set: %s (expected: one of %s%s)".formatted(name, String.join(", ", names()), hint);
    }

    private static int edits(String name, String known) {
        return LevenshteinDistance.getDefaultInstance().apply(name.toLowerCase(Locale.ROOT), known);
    }
}
