package io.reflux.student.sample;

import io.reflux.data.DataSet;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.runtime.Inputs;
import java.util.List;

/** Images as scaled numbers, B x C x H x W. */
record ImageReader(ViewRenderer renderer, PixelScaling scaling) implements SampleReader {

    @Override
    public DataSet dataSet() {
        return renderer.dataSet();
    }

    @Override
    public Inputs inputs(List<View> views) {
        float[] values = new float
                [Math.multiplyExact(views.size(), renderer.dataSet().shape().elements())];
        renderer.render(views, scaling, values);
        return Inputs.of(values);
    }
}
