package io.reflux.student.sample;

import io.reflux.data.TextDataSet;
import io.reflux.data.view.View;
import io.reflux.model.runtime.Inputs;
import java.util.List;

/** Text as token ids, B x T. A view is its sample, whatever its augmentation seed: text is not augmented. */
record TokenReader(TextDataSet dataSet) implements SampleReader {

    @Override
    public Inputs inputs(List<View> views) {
        long[] ids = new long[Math.multiplyExact(views.size(), dataSet.length())];
        int next = 0;
        for (View view : views) {
            dataSet.copyTokens(view.sampleId(), ids, next);
            next += dataSet.length();
        }
        return Inputs.of(ids);
    }
}
