package io.reflux.quantization.kernels;

import io.reflux.model.graph.ModelGraph;

/** The shapes that the integer kernels of ONNX Runtime are quick with. */
public final class KernelShapes {

    private KernelShapes() {}

    /**
     * The graph with its convolutions of unsigned activations and stored weights in such shapes; it computes the same, integer
     * by integer. A graph that is in these shapes stays as it is.
     */
    public static ModelGraph of(ModelGraph graph) {
        return InputChannels.of(OutputChannels.of(LiveTaps.of(PixelPools.of(graph))));
    }
}
