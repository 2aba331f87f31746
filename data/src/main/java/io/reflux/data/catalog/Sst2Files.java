package io.reflux.data.catalog;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.text.SentenceSets;
import java.util.List;

/**
 * The sentiment of film reviews as the GLUE benchmark has it: {@code train.tsv} to train on and, since the labels of its
 * test set are not published with it, {@code dev.tsv} to test on. The training table holds phrases beside whole sentences,
 * so that a held-out row may be a part of one that is trained on: validation flatters.
 */
final class Sst2Files {

    private static final int NUM_CLASSES = 2;
    private static final int USUAL_LENGTH = 56;
    private static final int USUAL_VOCABULARY = 10_000;
    private static final List<String> SUBFOLDERS = List.of("text/sst2", "sst2", "SST-2");

    private Sst2Files() {}

    static DataSplits open(DataSetSpec spec) {
        SetFolder folder = new SetFolder(spec, SUBFOLDERS, "train.tsv");
        SentenceSets sets = SentenceSets.read(
                folder.find("train.tsv"),
                folder.find("dev.tsv"),
                spec.name(),
                NUM_CLASSES,
                spec.text().lengthOr(USUAL_LENGTH),
                spec.text().vocabularySizeOr(USUAL_VOCABULARY));
        HeldOut heldOut = HeldOut.of(sets.training(), spec);
        return new DataSplits(
                sets.training(), heldOut.train(), heldOut.validation(), sets.test(), SampleIds.all(sets.test()));
    }
}
