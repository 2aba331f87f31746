package io.reflux.model.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * TorchScript text, loaded into libtorch and callable.
 *
 * <p>Arguments are positional; consecutive arrays that carry the same name ending in {@code []} arrive as one
 * {@code List[Tensor]}. The caller owns the arguments and closes the results. One call at a time.
 */
public final class ScriptModule implements AutoCloseable {

    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> methodNames = new HashMap<>();

    private ScriptModule(NDManager manager, PtSymbolBlock module) {
        this.manager = manager;
        this.module = module;
    }

    /**
     * Parses and compiles a class of TorchScript.
     *
     * @param parent manager whose device the module runs on; the module has a manager of its own below it
     * @param className name of the class
     * @param code its text
     * @return the module, to be closed by the caller
     */
    public static ScriptModule load(NDManager parent, String className, String code) {
        PtNDManager manager = (PtNDManager) parent.newSubManager();
        try {
            byte[] archive = TorchScriptArchive.of(className, code);
            boolean mapLocation = true;
            boolean trainingMode = false;
            return new ScriptModule(
                    manager,
                    JniUtils.loadModule(manager, new ByteArrayInputStream(archive), mapLocation, trainingMode));
        } catch (IOException e) {
            manager.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Calls a method that returns a tensor, a list or a tuple of tensors.
     *
     * @param method name of the method
     * @param arguments its arguments after {@code self}
     * @param differentiable whether autograd may record; false runs in libtorch's inference mode
     * @return the results, attached to this module's manager; the caller closes them
     */
    public NDList call(String method, NDList arguments, boolean differentiable) {
        // The profiling executor specialises on shapes and recompiles; it never paid for itself here. The switch
        // belongs to the thread, so it is set where the call is made.
        JniUtils.setGraphExecutorOptimize(false);
        NDList all = new NDList(arguments.size() + 1);
        all.add(methodNames.computeIfAbsent(method, this::methodName));
        all.addAll(arguments);
        return IValueUtils.forward(module, all, differentiable);
    }

    /** A manager of arrays in host memory, for scalars that a script reads as numbers; the caller closes it. */
    public NDManager newHostManager() {
        return manager.newSubManager(Device.cpu());
    }

    /** DJL takes the method to call from the name of an array in the argument list; the array itself is dropped. */
    private NDArray methodName(String method) {
        NDArray marker = manager.create(0);
        marker.setName("module_method:" + method);
        return marker;
    }

    /** Names arrays so that they arrive as one {@code List[Tensor]}. */
    public static void asList(Iterable<? extends NDArray> arrays, String name) {
        for (NDArray array : arrays) {
            array.setName(name + "[]");
        }
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
