package io.reflux.model.script;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import io.reflux.model.graph.ModelException;

/** Device names as users write them. */
public final class TorchDevice {

    private static final String CUDA = "cuda";

    private TorchDevice() {}

    /**
     * The device of a name.
     *
     * @param name {@code cpu}, {@code cuda} (the first GPU), {@code cuda:N}, or {@code auto}: the first GPU if
     *     libtorch can use one, else the processor
     * @throws ModelException if the name is none of these or there is no such GPU
     */
    public static Device of(String name) {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        int present = gpus();
        if (name.equals("auto")) {
            return present == 0 ? Device.cpu() : Device.gpu(0);
        }
        int index = cudaIndex(name);
        if (index >= present) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "device: " + name + " (expected: cpu"
                            + (present == 0
                                    ? "; libtorch sees no GPU here)"
                                    : " or cuda:0 to cuda:" + (present - 1) + ")"));
        }
        return Device.gpu(index);
    }

    /**
     * Checks a name without starting libtorch; whether there is such a GPU stays open.
     *
     * @throws IllegalArgumentException if it is none of those that {@link #of} knows
     */
    public static void requireName(String name) {
        if (!name.matches("auto|cpu|cuda(:\\d{1,3})?")) {
            throw new IllegalArgumentException(unknown(name));
        }
    }

    private static String unknown(String name) {
        return "device: " + name + " (expected: auto, cpu, cuda or cuda:N)";
    }

    /** A machine may have GPUs that this libtorch was not built for. */
    private static int gpus() {
        Engine engine = Engine.getEngine("PyTorch");
        return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    }

    private static int cudaIndex(String name) {
        if (name.equals(CUDA)) {
            return 0;
        }
        if (name.matches("cuda:\\d{1,3}")) {
            return Integer.parseInt(name.substring(CUDA.length() + 1));
        }
        throw new ModelException(ModelException.Code.INVALID_ARGUMENT, unknown(name));
    }
}
