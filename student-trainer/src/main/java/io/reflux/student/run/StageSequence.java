package io.reflux.student.run;

import io.reflux.data.sampling.ViewBank;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.step.TrainStep;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.student.checkpoint.Checkpoint;
import io.reflux.student.checkpoint.CheckpointFile;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hint.HintedStudent;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.StepHook;
import io.reflux.student.ledger.Ledger;
import io.reflux.student.plan.PlanFile;
import io.reflux.student.recipe.HintConfig;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.training.StageListener;
import io.reflux.student.training.StagePlan;
import io.reflux.student.training.StageTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stages of a recipe one after another, with a checkpoint wherever they can be resumed. */
final class StageSequence {
    private final Recipe recipe;
    private final RunOptions options;
    private final RunData data;
    private final RunFolder folder;
    private final Teachers teachers;
    private final StepHook hooks;
    private final CurrentSource current;
    private final List<EpochRecord> history = new ArrayList<>();
    private String teacherDigest = "";
    private Ledger ledger = new Ledger();
    /** Plans of stages that have one, by stage. */
    private final Map<Integer, BitPlan> plans = new HashMap<>();

    StageSequence(
            Recipe recipe,
            RunOptions options,
            RunData data,
            RunFolder folder,
            Teachers teachers,
            StepHook hooks,
            CurrentSource current) {
        this.recipe = recipe;
        this.options = options;
        this.data = data;
        this.folder = folder;
        this.teachers = teachers;
        this.current = current;
        this.hooks = new HookChain(List.of(hooks, new StepHook() {
            @Override
            public void onEpoch(EpochRecord epoch) {
                history.add(epoch);
            }
        }));
    }

    /** Returns the finished epochs, those before a resume included. */
    List<EpochRecord> history() {
        return List.copyOf(history);
    }

    /** Returns what is in the weights. */
    Ledger ledger() {
        return ledger;
    }

    /** Trains through all stages, or from the checkpoint on, and returns the trained graph. */
    ModelGraph run(ModelGraph student) {
        readPlans(student);
        Checkpoint resumed = options.resume() && Files.exists(folder.checkpoint()) ? resume() : null;
        if (options.resume() && resumed == null) {
            options.out().println("checkpoint " + folder.checkpoint() + ": absent; the run begins anew");
        }
        ModelGraph graph = resumed == null ? student : rewritten(resumed, student);
        try {
            for (int i = resumed == null ? 0 : resumed.stage();
                    i < recipe.stages().size();
                    i++) {
                graph = stage(i, graph, resumed);
                resumed = null;
            }
            return graph;
        } finally {
            hooks.onEnd();
        }
    }

    /** Before the first step: a plan that does not fit shall not be found out after hours. */
    private void readPlans(ModelGraph student) {
        for (int i = 0; i < recipe.stages().size(); i++) {
            if (recipe.stages().get(i) instanceof QuantizeConfig config) {
                String plan = config.plan();
                if (plan != null) {
                    plans.put(i, PlanFile.read(Path.of(plan), student));
                }
            }
        }
    }

    private Checkpoint resume() {
        Checkpoint checkpoint = CheckpointFile.read(folder.checkpoint());
        if (!checkpoint.recipeDigest().equals(recipe.digest())) {
            throw new TrainingFailure(
                    TrainingFailure.Code.CHECKPOINT,
                    "checkpoint " + folder.checkpoint() + ": of another recipe (expected: the same data, student,"
                            + " stages and seed)");
        }
        history.addAll(checkpoint.history());
        teacherDigest = checkpoint.teacherDigest();
        ledger = checkpoint.ledger();
        return checkpoint;
    }

    private ModelGraph stage(int index, ModelGraph graph, @Nullable Checkpoint resumed) {
        if (recipe.stages().get(index) instanceof QuantizeConfig config) {
            ModelGraph quantized = quantize(config, index, graph);
            quantized.write(folder.stage(index));
            return quantized;
        }
        return train(index, (StageConfig.Training) recipe.stages().get(index), graph, resumed);
    }

    private ModelGraph quantize(QuantizeConfig config, int index, ModelGraph graph) {
        QuantizeStage stage = new QuantizeStage(config, plans.get(index), data, recipe.device(), options.out());
        if (!config.roundsAsTaught()) {
            return stage.run(graph, null);
        }
        try (SoftLabelSource teacher = teachers.openForCalibration(QuantizeStage.BATCH, teacherDigest)) {
            requireSameTeacher(teacher);
            current.set(teacher);
            return stage.run(graph, teacher);
        } finally {
            current.set(null);
        }
    }

    /** The graph that the checkpoint's stage trained, but for its weights: the last that a stage before it rewrote. */
    private ModelGraph rewritten(Checkpoint resumed, ModelGraph student) {
        for (int i = resumed.stage() - 1; i >= 0; i--) {
            if (recipe.stages().get(i) instanceof QuantizeConfig) {
                return ModelGraph.read(folder.stage(i));
            }
        }
        return student;
    }

    private ModelGraph train(int index, StageConfig.Training config, ModelGraph graph, @Nullable Checkpoint resumed) {
        StagePlan plan = new StagePlan(
                index,
                recipe.stages().size(),
                config,
                data.splits().training(),
                data.splits().train(),
                data.splits().validation(),
                data.scaling(),
                seed(index),
                new ViewBank(recipe.data().viewBank()));
        try (SoftLabelSource source = teachers.open(plan, teacherDigest)) {
            HintedStudent hinted = HintedStudent.of(
                    graph,
                    hints(config),
                    source == null ? List.of() : source.hints(),
                    "stages[" + index + "]",
                    seed(index));
            return train(plan, hinted, source, resumed);
        } finally {
            current.set(null);
        }
    }

    private ModelGraph train(
            StagePlan plan, HintedStudent hinted, @Nullable SoftLabelSource source, @Nullable Checkpoint resumed) {
        StageConfig.Training config = plan.config();
        try (TrainStep step = TrainStep.compile(
                hinted.graph(),
                StepSettings.loss(config).withHints(hinted.losses()),
                StepSettings.optimizer(config),
                StepSettings.options(recipe, config),
                recipe.device(),
                seed(plan.index()))) {
            if (resumed != null) {
                restore(step, resumed);
            }
            requireSameTeacher(source);
            current.set(source);
            new StageTrainer(plan, step, source, ledger, hooks, options.stop(), System::nanoTime)
                    .run(
                            resumed == null ? 0 : resumed.nextStep(),
                            resumed == null ? EpochTotals.NONE : resumed.partial(),
                            checkpoints(plan, step));
            return hinted.stripped(step.export());
        }
    }

    private static List<HintConfig> hints(StageConfig.Training config) {
        return config instanceof StageConfig.Distil distil ? distil.hints() : List.of();
    }

    private void restore(TrainStep step, Checkpoint resumed) {
        try {
            step.restore(resumed.state());
        } catch (IllegalArgumentException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.CHECKPOINT,
                    "checkpoint " + folder.checkpoint() + ": weights of another student (expected: those of this"
                            + " recipe's)",
                    e);
        }
    }

    private void requireSameTeacher(@Nullable SoftLabelSource source) {
        if (source == null) {
            return;
        }
        boolean other = !teacherDigest.isEmpty() && !teacherDigest.equals(source.modelDigest());
        if (other && !teachers.acceptModelChange()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "teacher: model " + source.modelDigest() + " (expected: " + teacherDigest
                            + ", with which the run began)");
        }
        teacherDigest = source.modelDigest();
    }

    private StageListener checkpoints(StagePlan plan, TrainStep step) {
        int everyEpochs = recipe.export().checkpointEveryEpochs();
        int everySteps = recipe.export().checkpointEverySteps();
        return (nextStep, partial, occasion) -> {
            boolean epochs =
                    occasion == StageListener.Occasion.EPOCH && everyEpochs > 0 && history.size() % everyEpochs == 0;
            boolean steps = everySteps > 0 && nextStep % everySteps == 0;
            if (occasion == StageListener.Occasion.STOP || epochs || steps) {
                CheckpointFile.write(
                        folder.checkpoint(),
                        new Checkpoint(
                                recipe.digest(),
                                teacherDigest,
                                plan.index(),
                                nextStep,
                                partial,
                                history,
                                step.state(),
                                ledger));
            }
        };
    }

    /** Stages draw from different streams, and so do different seeds of the recipe. */
    private long seed(int stage) {
        return recipe.seed() * 1000 + stage;
    }
}
