package io.reflux.benchmarks.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What PyTorch computed for one exported network: arrays by name, as {@code export.py} writes them. */
final class PeerFile {

    private static final String INPUT = "input/";
    private static final String GRADIENT = "gradient/";

    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private PeerFile() {}

    /** Reads an {@code .npz} file; the manager closes the arrays. */
    static PeerFile read(Path path, NDManager manager) throws IOException {
        PeerFile file = new PeerFile();
        try (InputStream stream = Files.newInputStream(path)) {
            for (NDArray array : NDList.decode(manager, stream)) {
                file.arrays.put(array.getName(), array);
            }
        }
        return file;
    }

    /** The value of a graph's input. */
    NDArray input(String name) {
        return array(INPUT + name);
    }

    /** Logits in evaluation mode, float64. */
    NDArray logits() {
        return array("logits");
    }

    /** What the logits are multiplied with before they are summed to the loss, float64, of their shape. */
    NDArray direction() {
        return array("direction");
    }

    /** Whether the gradients are those of training mode, with batch normalisation by the batch. */
    boolean training() {
        return array("training").toLongArray()[0] == 1;
    }

    /** Gradients by name of the initialiser, float64. */
    Map<String, NDArray> gradients() {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(GRADIENT)) {
                gradients.put(name.substring(GRADIENT.length()), array);
            }
        });
        return gradients;
    }

    private NDArray array(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(name + ": not in the file (expected: as export.py writes it)");
        }
        return array;
    }
}
