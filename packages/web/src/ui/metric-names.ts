export { attributeText, metricName } from "@culprit/messages/metric-names";
