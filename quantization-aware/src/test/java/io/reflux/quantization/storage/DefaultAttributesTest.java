package io.reflux.quantization.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DefaultAttributesTest {

    private static ModelGraph graph(Attributes conv) {
        return ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 1, 3, 3)
                .initializer(GraphTensor.of("w", new long[] {1, 1, 3, 3}, new float[9]))
                .node("Conv", "conv", List.of("x", "w"), List.of("y"), conv)
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
    }

    private static Attributes lean(Attributes conv) {
        return DefaultAttributes.of(graph(conv)).nodes().get(0).attributes();
    }

    @Test
    void whatOnnxTakesForGranted_isLeftOut() {
        Attributes written = Attributes.NONE
                .withInts("dilations", 1, 1)
                .withInts("strides", 1, 1)
                .withInts("pads", 0, 0, 0, 0)
                .withInt("group", 1)
                .withString("auto_pad", "NOTSET");
        assertThat(lean(written)).isEqualTo(Attributes.NONE);
    }

    @Test
    void whatIsNotUsual_stays() {
        Attributes written = Attributes.NONE
                .withInts("strides", 1, 2)
                .withInts("pads", 0, 0, 1, 1)
                .withInts("kernel_shape", 3, 3)
                .withString("auto_pad", "VALID");
        assertThat(lean(written)).isEqualTo(written);
        ModelGraph graph = graph(written);
        assertThat(DefaultAttributes.of(graph)).isSameAs(graph);
    }
}
