package io.reflux.model.script;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.reflux.model.precision.CpuSupport;

/**
 * Which of libtorch's kernels a script's layers use, in fp32. It depends on device, processor and libtorch alone, so that
 * the same machine computes the same numbers bit for bit.
 */
public enum Kernels {
    /** What libtorch chooses by itself: for every device. */
    LIBTORCH,

    /** oneDNN's convolutions with the activation inside, where no gradients are needed; for processors. */
    ONEDNN_CONVOLUTIONS,

    /**
     * Dense layers by oneDNN too, in the place of MKL, which keeps processors that are not Intel's from its AVX-512 code:
     * half the time for large layers, on an AMD EPYC.
     */
    ONEDNN;

    /** Asked once, and only where a script for a processor is wanted: it loads libtorch. */
    private static final class Processor {

        private static final Kernels FASTEST =
                !hasOneDnn() ? LIBTORCH : CpuSupport.read().mklIsSlow() ? ONEDNN : ONEDNN_CONVOLUTIONS;

        private Processor() {}

        /** libtorch is built without oneDNN for some processors; it refuses a script that names it then. */
        private static boolean hasOneDnn() {
            String code = "class Probe(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                    + "  def probe(self: __torch__.Probe, x: Tensor) -> Tensor:\n"
                    + "    return ops.mkldnn._reorder_linear_weight(x, None)\n";
            try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
                ScriptModule.load(manager, "Probe", code).close();
                return true;
            } catch (EngineException e) {
                return false;
            }
        }
    }

    /** The fastest on a device. */
    public static Kernels of(Device device) {
        return device.isGpu() ? LIBTORCH : Processor.FASTEST;
    }
}
