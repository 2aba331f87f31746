package io.reflux.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph as a DJL block: usable with DJL's Model, Trainer, Predictor and ParameterStore on the PyTorch engine.
 *
 * <p>Its parameters are the graph's, under the names of their initialisers, and start from the graph's values; running
 * statistics and constants are parameters that take no gradient. Call {@link #initialize} with FLOAT32 before use, as
 * for any block; the compiled script lives as long as the manager given there.
 */
public final class GraphBlock extends AbstractBlock {

    private static final byte VERSION = 1;

    private final ModelGraph graph;
    private final GraphScript script;
    private final List<List<Long>> outputShapes;
    private final List<Parameter> weights = new ArrayList<>();
    private final List<Parameter> buffers = new ArrayList<>();
    private @Nullable ScriptModule module;

    /**
     * Compiles the graph.
     *
     * @throws ModelException if the graph has unsupported operators or shapes that do not fit
     */
    @SuppressWarnings("this-escape")
    public GraphBlock(ModelGraph graph) {
        super(VERSION);
        this.graph = graph;
        GraphContext context = GraphContext.of(graph);
        this.script = GraphCompiler.compile(context);
        this.outputShapes = graph.outputs().stream()
                .map(output -> context.shape(output.name()))
                .toList();
        script.parameters().forEach(tensor -> weights.add(addParameter(parameter(tensor, true))));
        script.buffers().forEach(tensor -> buffers.add(addParameter(parameter(tensor, false))));
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... shapes) {
        if (dataType != DataType.FLOAT32) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "dataType: " + dataType + " (expected: FLOAT32)");
        }
        super.initialize(manager, dataType, shapes);
        module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""));
    }

    /** The graph with this block's current weights and running statistics. */
    public ModelGraph export() {
        return graph.withInitializers(script.trained(arrays(weights), arrays(buffers)));
    }

    private static List<NDArray> arrays(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::getArray).toList();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        if (module == null) {
            throw new IllegalStateException("block: not initialised (expected: initialize before forward)");
        }
        NDArray head = inputs.head();
        NDList arguments = new NDList(inputs);
        arguments.addAll(values(store, weights, head, training, "p"));
        arguments.addAll(values(store, buffers, head, training, "b"));
        NDList outputs = module.call(training ? GraphScript.TRAIN : GraphScript.EVALUATE, arguments, training);
        outputs.attach(head.getManager());
        return outputs;
    }

    private static NDList values(
            ParameterStore store, List<Parameter> parameters, NDArray head, boolean training, String name) {
        NDList values = new NDList(parameters.size());
        parameters.forEach(parameter -> values.add(store.getValue(parameter, head.getDevice(), training)));
        ScriptModule.asList(values, name);
        return values;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        long batch = shapes[0].get(0);
        return outputShapes.stream()
                .map(shape -> new Shape(shape.stream()
                        .mapToLong(dimension -> dimension < 0 ? batch : dimension)
                        .toArray()))
                .toArray(Shape[]::new);
    }

    private static Parameter parameter(GraphTensor tensor, boolean trained) {
        return Parameter.builder()
                .setName(tensor.name())
                .setType(trained ? Parameter.Type.WEIGHT : Parameter.Type.OTHER)
                .optShape(new Shape(tensor.shape()))
                .optRequiresGrad(trained)
                .optInitializer((manager, shape, type) ->
                        TorchTensors.create(manager, List.of(tensor)).singletonOrThrow())
                .build();
    }
}
