package io.reflux.model.step;

/** The update of {@link AdamW}: libtorch's fused kernel, one pass over weights, gradients and both moments. */
record AdamWUpdate(AdamW adamW) implements UpdateRule {

    @Override
    public int moments() {
        return 2;
    }

    /** The kernel corrects the bias of the moments itself, from the number of the update. */
    @Override
    public void write(ScriptLines script, ParameterGroup group, String gradients, String divisor) {
        String steps = group.list("steps");
        script.line(steps + " = torch.mul([torch.full_like(like, t, dtype=6)], "
                + group.members().size() + ")");
        script.line("torch._fused_adamw_(" + group.list("w") + ", " + gradients + ", " + group.moments(0) + ", "
                + group.moments(1) + ", annotate(List[Tensor], []), " + steps + ", lr=lr, beta1=" + adamW.beta1()
                + ", beta2=" + adamW.beta2() + ", weight_decay=" + group.decay(adamW.weightDecay()) + ", eps="
                + adamW.epsilon() + ", amsgrad=False, maximize=False, grad_scale=" + divisor + ")");
    }
}
