"""Forms, their nodes and components: what people are asked on the way in."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from .base import Insert, Instant, Model, Nested, Secret
from .shared import GENERAL, RedirectTarget, kind_of

__all__ = [
    "ActionNode",
    "ActionNodeConfig",
    "BlockBase",
    "BooleanField",
    "BooleanFieldConfig",
    "CardsField",
    "CardsFieldConfig",
    "CardsOption",
    "ChoiceField",
    "ChoiceFieldConfig",
    "ChoiceOption",
    "CodeField",
    "CodeFieldConfig",
    "Component",
    "ComponentBase",
    "Coordinates",
    "CountryField",
    "CountryFieldConfig",
    "CustomField",
    "CustomFieldConfig",
    "DateField",
    "DateFieldConfig",
    "DividerBlock",
    "DividerBlockConfig",
    "DropdownField",
    "DropdownFieldConfig",
    "EmailField",
    "EmailFieldConfig",
    "FieldBase",
    "FieldMessage",
    "FileField",
    "FileFieldConfig",
    "FlowNode",
    "FlowNodeConfig",
    "Form",
    "FormAfterSubmit",
    "FormEnding",
    "FormFields",
    "FormInsert",
    "FormLanguages",
    "FormLinks",
    "FormMessages",
    "FormNode",
    "FormRedirection",
    "FormStart",
    "FormStyle",
    "GenericComponent",
    "GenericNode",
    "GoogleMapsAddressWidget",
    "GoogleMapsAddressWidgetConfig",
    "HiddenField",
    "HtmlBlock",
    "HtmlBlockConfig",
    "ImageBlock",
    "ImageBlockConfig",
    "JumpButtonBlock",
    "JumpButtonBlockConfig",
    "LegalField",
    "LegalFieldConfig",
    "MessageType",
    "NextButtonBlock",
    "NextButtonBlockConfig",
    "NumberField",
    "NumberFieldConfig",
    "PasswordField",
    "PasswordFieldConfig",
    "PaymentField",
    "PaymentFieldConfig",
    "PreviousButtonBlock",
    "PreviousButtonBlockConfig",
    "RecaptchaWidget",
    "RecaptchaWidgetConfig",
    "ResendButtonBlock",
    "ResendButtonBlockConfig",
    "RichTextBlock",
    "RichTextBlockConfig",
    "RouterNode",
    "RouterNodeConfig",
    "RouterRule",
    "SocialField",
    "SocialFieldConfig",
    "SocialProvider",
    "StepNode",
    "StepNodeConfig",
    "TelephoneField",
    "TelephoneFieldConfig",
    "TextField",
    "TextFieldConfig",
    "UrlField",
    "UrlFieldConfig",
    "VerifiableCredentialsWidget",
    "VerifiableCredentialsWidgetConfig",
    "WidgetBase",
]

NodeAlias = Annotated[str, StringConstraints(min_length=1, max_length=150)]
Hint = Annotated[str, StringConstraints(min_length=1, max_length=500)]
MessageType = Literal["info", "error", "success", "warning"]


class Coordinates(Nested):
    """Where a node stands in the editor."""

    x: int | float
    y: int | float


class ComponentBase(Nested):
    """What all components share."""

    id: str
    order: int | float | None = None
    visible: bool = True


class BlockBase(ComponentBase):
    """A component that only shows something."""

    category: Literal["BLOCK"] | None = None


class WidgetBase(ComponentBase):
    """A component that somebody else draws."""

    category: Literal["WIDGET"] | None = None
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    hint: Hint | None = None
    required: bool | None = None
    sensitive: bool | None = None


class FieldMessage(Nested):
    """What is said beside a field."""

    id: int | float | None = None
    text: str
    type: MessageType


class FieldBase(ComponentBase):
    """A component that asks for something."""

    category: Literal["FIELD"] | None = None
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    hint: Hint | None = None
    messages: list[FieldMessage] | None = None
    required: bool | None = None
    sensitive: bool | None = None


class GenericComponent(Nested):
    """A component of a type that is not known here; kept as it is."""

    id: str
    category: str
    type: str


class DividerBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None


class DividerBlock(BlockBase):
    """A line between parts."""

    type: Literal["DIVIDER"]
    config: DividerBlockConfig | None = None


class HtmlBlockConfig(Nested):
    """How it is shown."""

    content: str | None = None


class HtmlBlock(BlockBase):
    """A piece of HTML."""

    type: Literal["HTML"]
    config: HtmlBlockConfig | None = None


class ImageBlockConfig(Nested):
    """How it is shown."""

    src: str | None = None
    alt: str | None = None
    width: int | float | None = None
    height: int | float | None = None


class ImageBlock(BlockBase):
    """A picture."""

    type: Literal["IMAGE"]
    config: ImageBlockConfig | None = None


class JumpButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    target_step: str | None = None


class JumpButtonBlock(BlockBase):
    """A button that leads to another step."""

    type: Literal["JUMP_BUTTON"]
    config: JumpButtonBlockConfig


class ResendButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    resend_action: str | None = None


class ResendButtonBlock(BlockBase):
    """A button that sends a code again."""

    type: Literal["RESEND_BUTTON"]
    config: ResendButtonBlockConfig


class NextButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None


class NextButtonBlock(BlockBase):
    """A button that leads on."""

    type: Literal["NEXT_BUTTON"]
    config: NextButtonBlockConfig


class PreviousButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None


class PreviousButtonBlock(BlockBase):
    """A button that leads back."""

    type: Literal["PREVIOUS_BUTTON"]
    config: PreviousButtonBlockConfig


class RichTextBlockConfig(Nested):
    """How it is shown."""

    content: str | None = None


class RichTextBlock(BlockBase):
    """A text."""

    type: Literal["RICH_TEXT"]
    config: RichTextBlockConfig | None = None


class VerifiableCredentialsWidgetConfig(Nested):
    """How it is shown."""

    credential_type: str | None = None


class VerifiableCredentialsWidget(WidgetBase):
    """A wallet that shows a credential."""

    type: Literal["AUTH0_VERIFIABLE_CREDENTIALS"]
    config: VerifiableCredentialsWidgetConfig


class GoogleMapsAddressWidgetConfig(Nested):
    """How it is shown."""

    api_key: Secret[str | None] = None


class GoogleMapsAddressWidget(WidgetBase):
    """An address, found on a map."""

    type: Literal["GMAPS_ADDRESS"]
    config: GoogleMapsAddressWidgetConfig


class RecaptchaWidgetConfig(Nested):
    """How it is shown."""

    site_key: str | None = None


class RecaptchaWidget(WidgetBase):
    """Proof of being human."""

    type: Literal["RECAPTCHA"]
    config: RecaptchaWidgetConfig


class BooleanFieldConfig(Nested):
    """How it is shown."""

    default_value: bool | None = None


class BooleanField(FieldBase):
    """Yes or no."""

    type: Literal["BOOLEAN"]
    config: BooleanFieldConfig | None = None


class CardsOption(Nested):
    """One of the choices."""

    value: str
    label: str
    description: str | None = None
    image: str | None = None


class CardsFieldConfig(Nested):
    """How it is shown."""

    options: list[CardsOption] | None = None
    multi_select: bool | None = None


class CardsField(FieldBase):
    """A choice of cards."""

    type: Literal["CARDS"]
    config: CardsFieldConfig | None = None


class ChoiceOption(Nested):
    """One of the choices."""

    value: str
    label: str


class ChoiceFieldConfig(Nested):
    """How it is shown."""

    options: list[ChoiceOption] | None = None
    display: Literal["radio", "checkbox"] | None = None
    multiple: bool | None = None
    default_value: str | list[str] | None = None


class ChoiceField(FieldBase):
    """A choice of a few."""

    type: Literal["CHOICE"]
    config: ChoiceFieldConfig | None = None


class CodeFieldConfig(Nested):
    """How it is shown."""

    length: Annotated[int, Field(ge=0, le=100)] | None = None
    mode: Literal["numeric", "alphanumeric"] | None = None
    auto_submit: bool | None = None
    group_size: Annotated[int, Field(ge=0, le=100)] | None = None
    separator: str | None = None
    placeholder: str | None = None
    default_value: str | None = None


class CodeField(FieldBase):
    """A code from a message."""

    type: Literal["CODE"]
    config: CodeFieldConfig | None = None


class CountryFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    default_value: str | None = None


class CountryField(FieldBase):
    """A country."""

    type: Literal["COUNTRY"]
    config: CountryFieldConfig | None = None


class CustomFieldConfig(Nested):
    """How it is shown."""

    component: str | None = None
    props: dict[str, Any] | None = None
    schema_: dict[str, Any] | None = Field(default=None, validation_alias="schema", serialization_alias="schema")
    code: str | None = None


class CustomField(FieldBase):
    """A component of one's own."""

    type: Literal["CUSTOM"]
    config: CustomFieldConfig


class DateFieldConfig(Nested):
    """How it is shown."""

    format: str | None = None
    min: str | None = None
    max: str | None = None
    default_value: str | None = None


class DateField(FieldBase):
    """A day."""

    type: Literal["DATE"]
    config: DateFieldConfig | None = None


class DropdownFieldConfig(Nested):
    """How it is shown."""

    options: list[ChoiceOption] | None = None
    placeholder: str | None = None
    searchable: bool | None = None
    multiple: bool | None = None
    default_value: str | list[str] | None = None


class DropdownField(FieldBase):
    """A choice of many."""

    type: Literal["DROPDOWN"]
    config: DropdownFieldConfig | None = None


class EmailFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    default_value: str | None = None
    last_used: bool | None = None
    last_used_label: str | None = None


class EmailField(FieldBase):
    """An e-mail address."""

    type: Literal["EMAIL"]
    config: EmailFieldConfig | None = None


class FileFieldConfig(Nested):
    """How it is shown."""

    accept: str | None = None
    max_size: int | float | None = None
    multiple: bool | None = None


class FileField(FieldBase):
    """A file."""

    type: Literal["FILE"]
    config: FileFieldConfig | None = None


class LegalFieldConfig(Nested):
    """How it is shown."""

    text: str
    html: bool | None = None


class LegalField(FieldBase):
    """A consent."""

    type: Literal["LEGAL"]
    config: LegalFieldConfig | None = None


class NumberFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    min: int | float | None = None
    max: int | float | None = None
    step: int | float | None = None
    default_value: str | None = None


class NumberField(FieldBase):
    """A number."""

    type: Literal["NUMBER"]
    config: NumberFieldConfig | None = None


class PasswordFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    min_length: int | float | None = None
    show_toggle: bool | None = None
    forgot_password_link: str | None = None
    default_value: str | None = None


class PasswordField(FieldBase):
    """A password."""

    type: Literal["PASSWORD"]
    config: PasswordFieldConfig | None = None


class PaymentFieldConfig(Nested):
    """How it is shown."""

    provider: str | None = None
    currency: str | None = None


class PaymentField(FieldBase):
    """A payment."""

    type: Literal["PAYMENT"]
    config: PaymentFieldConfig | None = None


class SocialProvider(Nested):
    """A social connection and its button."""

    name: str
    strategy: str | None = None
    display_name: str | None = None
    icon_url: str | None = None
    href: str | None = None
    last_used: bool | None = None
    last_used_label: str | None = None


class SocialFieldConfig(Nested):
    """How it is shown."""

    providers: list[str] | None = None
    provider_details: list[SocialProvider] | None = None


class SocialField(FieldBase):
    """Buttons of social connections."""

    type: Literal["SOCIAL"]
    config: SocialFieldConfig | None = None


class TelephoneFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    default_country: str | None = None
    default_value: str | None = None
    allow_email: bool | None = None


class TelephoneField(FieldBase):
    """A phone number."""

    type: Literal["TEL"]
    config: TelephoneFieldConfig | None = None


class TextFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    multiline: bool | None = None
    max_length: int | float | None = None
    default_value: str | None = None
    last_used: bool | None = None
    last_used_label: str | None = None


class TextField(FieldBase):
    """A text."""

    type: Literal["TEXT"]
    config: TextFieldConfig | None = None


class UrlFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    default_value: str | None = None


class UrlField(FieldBase):
    """An address on the web."""

    type: Literal["URL"]
    config: UrlFieldConfig | None = None


_Components = (
    Annotated[DividerBlock, Tag("DIVIDER")]
    | Annotated[HtmlBlock, Tag("HTML")]
    | Annotated[ImageBlock, Tag("IMAGE")]
    | Annotated[JumpButtonBlock, Tag("JUMP_BUTTON")]
    | Annotated[ResendButtonBlock, Tag("RESEND_BUTTON")]
    | Annotated[NextButtonBlock, Tag("NEXT_BUTTON")]
    | Annotated[PreviousButtonBlock, Tag("PREVIOUS_BUTTON")]
    | Annotated[RichTextBlock, Tag("RICH_TEXT")]
    | Annotated[VerifiableCredentialsWidget, Tag("AUTH0_VERIFIABLE_CREDENTIALS")]
    | Annotated[GoogleMapsAddressWidget, Tag("GMAPS_ADDRESS")]
    | Annotated[RecaptchaWidget, Tag("RECAPTCHA")]
    | Annotated[BooleanField, Tag("BOOLEAN")]
    | Annotated[CardsField, Tag("CARDS")]
    | Annotated[ChoiceField, Tag("CHOICE")]
    | Annotated[CodeField, Tag("CODE")]
    | Annotated[CountryField, Tag("COUNTRY")]
    | Annotated[CustomField, Tag("CUSTOM")]
    | Annotated[DateField, Tag("DATE")]
    | Annotated[DropdownField, Tag("DROPDOWN")]
    | Annotated[EmailField, Tag("EMAIL")]
    | Annotated[FileField, Tag("FILE")]
    | Annotated[LegalField, Tag("LEGAL")]
    | Annotated[NumberField, Tag("NUMBER")]
    | Annotated[PasswordField, Tag("PASSWORD")]
    | Annotated[PaymentField, Tag("PAYMENT")]
    | Annotated[SocialField, Tag("SOCIAL")]
    | Annotated[TelephoneField, Tag("TEL")]
    | Annotated[TextField, Tag("TEXT")]
    | Annotated[UrlField, Tag("URL")]
    | Annotated[GenericComponent, Tag(GENERAL)]
)
Component = Annotated[_Components, Discriminator(kind_of(_Components))]
"""A part of a step, told apart by ``type``."""


class FlowNodeConfig(Nested):
    """Which flow runs, and what comes then."""

    flow_id: Annotated[str, StringConstraints(max_length=30)]
    next_node: str | None = None


class FlowNode(Nested):
    """A node that runs a flow."""

    id: str
    type: Literal["FLOW"]
    coordinates: Coordinates
    alias: NodeAlias | None = None
    config: FlowNodeConfig


class RouterRule(Nested):
    """Where to go when a condition holds."""

    id: str
    alias: NodeAlias | None = None
    condition: Any
    next_node: str


class RouterNodeConfig(Nested):
    """The rules of a router, and where to go when none holds."""

    rules: list[RouterRule]
    fallback: str


class RouterNode(Nested):
    """A node that leads one way or another."""

    id: str
    type: Literal["ROUTER"]
    coordinates: Coordinates
    alias: NodeAlias
    config: RouterNodeConfig


class StepNodeConfig(Nested):
    """What a step shows, and what comes then."""

    components: list[Component]
    next_node: str | None = None


class StepNode(Nested):
    """A node that shows something and asks."""

    id: str
    type: Literal["STEP"]
    coordinates: Coordinates
    alias: NodeAlias | None = None
    config: StepNodeConfig


class ActionNodeConfig(Nested):
    """Where the action sends people, and what comes then."""

    action_type: Literal["REDIRECT"]
    target: RedirectTarget
    custom_url: str | None = None
    next_node: str


class ActionNode(Nested):
    """A node that does something."""

    id: str
    type: Literal["ACTION"]
    coordinates: Coordinates
    alias: str | None = None
    config: ActionNodeConfig


class GenericNode(Nested):
    """A node of a type that is not known here; kept as it is."""

    id: str
    type: str
    coordinates: Coordinates


_FormNodes = (
    Annotated[FlowNode, Tag("FLOW")]
    | Annotated[RouterNode, Tag("ROUTER")]
    | Annotated[StepNode, Tag("STEP")]
    | Annotated[ActionNode, Tag("ACTION")]
    | Annotated[GenericNode, Tag(GENERAL)]
)
FormNode = Annotated[_FormNodes, Discriminator(kind_of(_FormNodes))]
"""A node of a form, told apart by ``type``."""


class FormMessages(Nested):
    """Texts of the form's own."""

    errors: dict[str, Any] | None = None
    custom: dict[str, Any] | None = None


class FormLanguages(Nested):
    """Which languages the form speaks."""

    primary: str | None = None
    default: str | None = None


class HiddenField(Nested):
    """A value that goes along unseen."""

    key: str
    value: str


class FormStart(Nested):
    """Where the form begins."""

    hidden_fields: list[HiddenField] | None = None
    next_node: str | None = None
    coordinates: Coordinates | None = None


class FormRedirection(Nested):
    """Where people go afterwards, and after how many seconds."""

    delay: int | float | None = None
    target: str | None = None


class FormAfterSubmit(Nested):
    """What runs when the form has been sent."""

    flow_id: str | None = None


class FormEnding(Nested):
    """How the form ends."""

    redirection: FormRedirection | None = None
    after_submit: FormAfterSubmit | None = None
    coordinates: Coordinates | None = None
    resume_flow: bool | None = None


class FormStyle(Nested):
    """How the form looks."""

    css: str | None = None


class FormLinks(Nested):
    """Where the form's scripts are."""

    sdkSrc: str | None = None  # noqa: N815  # the wire has both spellings
    sdk_src: str | None = None


class FormFields(Model):
    """What an inserted and a stored form share."""

    name: str
    messages: FormMessages | None = None
    languages: FormLanguages | None = None
    translations: dict[str, Any] | None = None
    nodes: list[FormNode] | None = None
    start: FormStart | None = None
    ending: FormEnding | None = None
    style: FormStyle | None = None
    links: FormLinks | None = None


class FormInsert(FormFields, Insert):
    """A form to be created."""


class Form(FormFields):
    """Steps that people are led through (Auth0: form)."""

    id: str
    created_at: Instant
    updated_at: Instant
