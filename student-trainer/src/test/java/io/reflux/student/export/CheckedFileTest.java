package io.reflux.student.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckedFileTest {
    @TempDir
    private Path folder;

    private Path name;

    private static ModelGraph network(long seed) {
        return Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8).withSeed(seed));
    }

    private static PlainBatches test() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("glyphs", null, 300, 0, 1));
        SampleReader reader = SampleReader.of(splits.training(), Augmentation.NONE, PixelScaling.UNIT);
        return new PlainBatches(reader, splits.train(), 300, 100);
    }

    @BeforeEach
    void place() {
        name = folder.resolve("m.onnx");
    }

    @Test
    void write_fileThatAnswersAsTrained_getsItsName() {
        assertThat(CheckedFile.write(network(1), network(1), name, test(), 1).agreement())
                .isEqualTo(1);
        assertThat(folder.toFile().list()).containsExactly("m.onnx");
    }

    @Test
    void write_fileThatAnswersOtherwise_isRemovedAndTheOneBeforeStays() throws IOException {
        Files.writeString(name, "before");

        assertThatThrownBy(() -> CheckedFile.write(network(1), network(2), name, test(), 0.999))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(name + ": agreement of the reloaded file with the training graph: ");
        assertThat(folder.toFile().list()).containsExactly("m.onnx");
        assertThat(name).hasContent("before");
    }
}
