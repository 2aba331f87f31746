package io.reflux.model.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A graph inside DJL: its Trainer, its gradients, its parameter store. */
final class GraphBlockTest {

    private static final int ROWS = 8;
    private final ModelGraph graph = Zoo.build(ZooSpec.of("lenet-300-100").withSeed(3));
    private final float[] pixels = pixels();

    @Test
    void forward_evaluation_equalsTheCompiledModel() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                TorchGraphModel model = TorchGraphModel.open(graph, "cpu")) {
            GraphBlock block = new GraphBlock(graph);
            block.initialize(manager, DataType.FLOAT32, new Shape(ROWS, 1, 28, 28));
            NDArray input = manager.create(pixels, new Shape(ROWS, 1, 28, 28));
            NDList output = block.forward(new ParameterStore(manager, false), new NDList(input), false);

            assertThat(output.singletonOrThrow().toFloatArray()).isEqualTo(model.logits(pixels, ROWS));
            assertThat(block.getOutputShapes(new Shape[] {new Shape(ROWS, 1, 28, 28)}))
                    .containsExactly(new Shape(ROWS, 10));
        }
    }

    @Test
    void trainer_oneSgdStep_movesTheWeightsAsTrainStepDoes() {
        int[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        float[] expected;
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(pixels, ROWS, null, labels, 0.1, 0);
            expected = step.logits(pixels, ROWS);
        }
        GraphBlock block = new GraphBlock(graph);
        try (Model model = Model.newInstance("graph", "PyTorch")) {
            model.setBlock(block);
            Optimizer sgd =
                    Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build();
            try (Trainer trainer =
                    model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(sgd))) {
                trainer.initialize(new Shape(ROWS, 1, 28, 28));
                NDManager manager = trainer.getManager();
                NDArray input = manager.create(pixels, new Shape(ROWS, 1, 28, 28));
                NDArray target = manager.create(labels).toType(DataType.FLOAT32, false);
                try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                    NDList output = trainer.forward(new NDList(input));
                    collector.backward(trainer.getLoss().evaluate(new NDList(target), output));
                }
                trainer.step();
                float[] actual =
                        trainer.evaluate(new NDList(input)).singletonOrThrow().toFloatArray();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
                }
                assertThat(block.export().digest()).isNotEqualTo(graph.digest());
            }
        }
    }

    @Test
    void parameters_carryTheNamesOfTheInitialisers() {
        GraphBlock block = new GraphBlock(graph);

        assertThat(block.getDirectParameters().keys())
                .containsExactlyElementsOf(graph.initializers().keySet());
        assertThat(block.getDirectParameters().values()).allMatch(Parameter::requiresGradient);
    }

    @Test
    void forward_ofTokens_givesLogitsForEachPosition() {
        ModelGraph gpt = Zoo.build(ZooSpec.of("gpt").withInputShape(List.of(4)).withNumClasses(9));
        long[] tokens = {1, 8, 0, 3, 3, 2, 1, 0};
        float[] expected;
        try (TorchGraphModel model = TorchGraphModel.open(gpt, "cpu")) {
            expected = model.logits(Inputs.of(tokens), 2);
        }
        GraphBlock block = new GraphBlock(gpt);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 4));
            ParameterStore store = new ParameterStore(manager, false);
            NDList output = block.forward(store, new NDList(manager.create(tokens, new Shape(2, 4))), false);

            assertThat(output.singletonOrThrow().getShape()).isEqualTo(new Shape(2, 4, 9));
            // Not bit for bit: the model may multiply with another library's kernels than the block.
            assertThat(output.singletonOrThrow().toFloatArray()).containsExactly(expected, within(1e-5f));
            assertThat(block.getOutputShapes(new Shape[] {new Shape(2, 4)})).containsExactly(new Shape(2, 4, 9));
        }
    }

    @Test
    void initialize_anotherTypeThanFloat32_isRefused() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertThatThrownBy(
                            () -> new GraphBlock(graph).initialize(manager, DataType.FLOAT16, new Shape(1, 1, 28, 28)))
                    .hasMessage("dataType: float16 (expected: FLOAT32)");
        }
    }

    private static float[] pixels() {
        Random random = new Random(5);
        float[] values = new float[ROWS * 784];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }
}
