package io.reflux.student.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.model.runtime.Inputs;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

final class PlainBatchesTest {
    private static final DataSplits GLYPHS =
            DataCatalog.open(new DataSetSpec("glyphs", null, 100, 0, 1, TextForm.USUAL));

    private static final SampleReader READER = SampleReader.of(GLYPHS.training(), Augmentation.NONE, PixelScaling.UNIT);

    /** Of 100 samples five are each twentieth, in batches of two. */
    @Test
    void iterator_overSomeSamples_spreadsThemEvenly() {
        SampleIds ids = GLYPHS.train();
        List<CalibrationBatch> batches = new ArrayList<>();
        new PlainBatches(READER, ids, 5, 2).forEach(batches::add);

        assertThat(batches).extracting(CalibrationBatch::rows).containsExactly(2, 2, 1);
        float[] last = ((Inputs.Samples) batches.get(2).inputs()).values();
        float[] expected = ((Inputs.Samples) READER.inputs(List.of(View.plain(ids.get(80))))).values();
        assertThat(last).containsExactly(expected);
    }

    @Test
    void iterator_overMoreThanThereAre_readsEachOnce() {
        Iterator<CalibrationBatch> batches = new PlainBatches(READER, GLYPHS.train(), 1000, 60).iterator();
        assertThat(batches.next().rows()).isEqualTo(60);
        assertThat(batches.next().rows()).isEqualTo(40);
        assertThat(batches.hasNext()).isFalse();
        assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    }
}
