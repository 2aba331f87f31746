package io.reflux.data.catalog;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.idx.IdxDataSet;
import java.nio.file.Path;
import java.util.List;

/** MNIST as its four standard files, gzip or plain, in {@code folder/mnist} or in the folder itself. */
final class MnistFiles {

    private static final int NUM_CLASSES = 10;

    private MnistFiles() {}

    static DataSplits open(DataSetSpec spec) {
        SetFolder folder = new SetFolder(spec, List.of("mnist"), "train-images-idx3-ubyte");
        IdxDataSet training = read(folder, "train", "mnist");
        IdxDataSet test = read(folder, "t10k", "mnist-test");
        HeldOut heldOut = HeldOut.of(training, spec);
        return new DataSplits(training, heldOut.train(), heldOut.validation(), test, SampleIds.all(test));
    }

    private static IdxDataSet read(SetFolder folder, String part, String name) {
        Path images = folder.find(part + "-images-idx3-ubyte");
        Path labels = folder.find(part + "-labels-idx1-ubyte");
        return IdxDataSet.read(images, labels, name, NUM_CLASSES);
    }
}
