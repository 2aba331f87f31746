package io.reflux.data.catalog;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.idx.IdxDataSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MNIST as its four standard files, gzip or plain, in {@code folder/mnist} or in the folder itself. */
final class MnistFiles {

    private static final int NUM_CLASSES = 10;
    private static final String SUBFOLDER = "mnist";

    private MnistFiles() {}

    static DataSplits open(DataSetSpec spec) {
        Path folder = folder(spec);
        IdxDataSet training = read(folder, "train", "mnist");
        IdxDataSet test = read(folder, "t10k", "mnist-test");
        HeldOut heldOut = HeldOut.of(training, spec);
        return new DataSplits(training, heldOut.train(), heldOut.validation(), test, SampleIds.all(test));
    }

    private static Path folder(DataSetSpec spec) {
        Path folder = spec.folder();
        if (folder == null) {
            throw new DataException(
                    DataException.Code.MISSING,
                    "data set mnist: no folder given (expected: the folder that holds %s/train-images-idx3-ubyte[.gz])"
                            .formatted(SUBFOLDER));
        }
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    DataException.Code.MISSING,
                    "data set mnist: %s: no such folder (expected: to hold %s/train-images-idx3-ubyte[.gz])"
                            .formatted(folder, SUBFOLDER));
        }
        return folder;
    }

    private static IdxDataSet read(Path folder, String part, String name) {
        Path images = find(folder, part + "-images-idx3-ubyte");
        Path labels = find(folder, part + "-labels-idx1-ubyte");
        return IdxDataSet.read(images, labels, name, NUM_CLASSES);
    }

    private static Path find(Path folder, String file) {
        for (Path place : List.of(folder.resolve(SUBFOLDER), folder)) {
            for (String name : List.of(file + ".gz", file)) {
                Path candidate = place.resolve(name);
                if (Files.exists(candidate)) {
                    return candidate;
                }
            }
        }
        throw new DataException(
                DataException.Code.MISSING,
                "data set mnist: no %s[.gz] in %s (expected: there or in its folder %s)"
                        .formatted(file, folder, SUBFOLDER));
    }
}
