package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Opened;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@link HintedModel} says of samples, and what a student is told of them. */
final class HintedAnswers {
    private HintedAnswers() {}

    /** The samples as the model gets them. */
    private static float[][] samples(long first, int count) {
        float[] inputs = new float[count * 16];
        List<View> views = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            views.add(View.plain(first + i));
        }
        new ViewRenderer(new TinyDataSet(), Augmentation.NONE)
                .render(views, new PixelScaling(List.of(0.5f), List.of(0.25f)), inputs);
        float[][] samples = new float[count][];
        Arrays.setAll(samples, i -> Arrays.copyOfRange(inputs, i * 16, (i + 1) * 16));
        return samples;
    }

    static float[] logits(long first, int count) {
        float[] logits = new float[count * TinyModel.CLASSES];
        float[][] samples = samples(first, count);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = TinyModel.logit(samples[i / TinyModel.CLASSES], i % TinyModel.CLASSES);
        }
        return logits;
    }

    static float[] hints(long first, int count, int width) {
        float[] hints = new float[count * width];
        float[][] samples = samples(first, count);
        for (int i = 0; i < hints.length; i++) {
            hints[i] = HintedModel.hint(samples[i / width], i % width);
        }
        return hints;
    }

    /** What a batch is answered with: of each output samples x elements. */
    static List<float[]> collect(Student student, long batchId, int samples, Opened opened) throws Exception {
        List<float[]> values = new ArrayList<>();
        opened.getOutputsList().forEach(output -> values.add(new float[samples * elements(output.getShapeList())]));
        for (int left = samples; left > 0; ) {
            LabelResponse answer = student.next();
            assertThat(answer.hasLabels()).as("%s", answer).isTrue();
            Labels labels = answer.getLabels();
            assertThat(labels.getBatchId()).isEqualTo(batchId);
            assertThat(labels.getOutputsCount()).isEqualTo(opened.getOutputsCount());
            for (int i = 0; i < values.size(); i++) {
                List<Integer> shape = opened.getOutputs(i).getShapeList();
                assertThat(labels.getOutputs(i).getShapeList()).isEqualTo(shape);
                int rowsEach = shape.size() > 1 ? shape.get(0) : 1;
                int elements = elements(shape);
                Encoding encoding =
                        opened.getOutputEncodingsCount() > 0 ? opened.getOutputEncodings(i) : opened.getEncoding();
                SoftLabelEncoding.of(encoding)
                        .decode(
                                labels.getOutputs(i).getPayload(),
                                labels.getSamples() * rowsEach,
                                elements / rowsEach,
                                values.get(i),
                                labels.getFirstSample() * elements);
            }
            left -= labels.getSamples();
        }
        return values;
    }

    private static int elements(List<Integer> shape) {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }
}
