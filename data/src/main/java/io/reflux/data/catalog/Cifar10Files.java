package io.reflux.data.catalog;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.cifar.CifarDataSet;
import io.reflux.data.view.PixelScaling;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CIFAR-10 as its six binary files, gzip or plain, in {@code folder/cifar10}, in the folder that the published archive
 * unpacks to, or in the folder itself.
 */
final class Cifar10Files {

    private static final int TRAINING_FILES = 5;
    private static final List<String> SUBFOLDERS = List.of("cifar10", "cifar-10-batches-bin");
    /** Mean and deviation of each channel over the 50,000 training images, to four digits. */
    static final PixelScaling SCALING =
            new PixelScaling(List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f));

    private Cifar10Files() {}

    static DataSplits open(DataSetSpec spec) {
        SetFolder folder = new SetFolder(spec, SUBFOLDERS, "data_batch_1.bin");
        CifarDataSet training = CifarDataSet.read(
                IntStream.rangeClosed(1, TRAINING_FILES)
                        .mapToObj(batch -> folder.find("data_batch_%d.bin".formatted(batch)))
                        .toList(),
                "cifar10");
        CifarDataSet test = CifarDataSet.read(List.of(folder.find("test_batch.bin")), "cifar10-test");
        HeldOut heldOut = HeldOut.of(training, spec);
        return new DataSplits(training, heldOut.train(), heldOut.validation(), test, SampleIds.all(test));
    }
}
