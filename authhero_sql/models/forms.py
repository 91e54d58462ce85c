"""Forms, their nodes and components: what people are asked on the way in."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from .base import Insert, Instant, Model, Nested, Secret, Varchar255
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
    """The horizontal coordinate."""
    y: int | float
    """The vertical coordinate."""


class ComponentBase(Nested):
    """What all components share."""

    id: str
    """The identifier of the component, unique in the form."""
    order: int | float | None = None
    """The place of the component among its siblings."""
    visible: bool = True
    """Whether the component is shown."""


class BlockBase(ComponentBase):
    """A component that only shows something."""

    category: Literal["BLOCK"] | None = None
    """The category of the component, always ``BLOCK``."""


class WidgetBase(ComponentBase):
    """A component that somebody else draws."""

    category: Literal["WIDGET"] | None = None
    """The category of the component, always ``WIDGET``."""
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The label of the component."""
    hint: Hint | None = None
    """The explanation below the component."""
    required: bool | None = None
    """Whether the user must complete the component."""
    sensitive: bool | None = None
    """Whether logs leave out the value."""


class FieldMessage(Nested):
    """What is said beside a field."""

    id: int | float | None = None
    """The identifier of the message."""
    text: str
    """The text of the message."""
    type: MessageType
    """The severity of the message."""


class FieldBase(ComponentBase):
    """A component that asks for something."""

    category: Literal["FIELD"] | None = None
    """The category of the component, always ``FIELD``."""
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The label of the field."""
    hint: Hint | None = None
    """The explanation below the field."""
    messages: list[FieldMessage] | None = None
    """The messages at the field."""
    required: bool | None = None
    """Whether the user must fill in the field."""
    sensitive: bool | None = None
    """Whether logs leave out the value."""


class GenericComponent(Nested):
    """A component of a type that is not known here; kept as it is."""

    id: str
    """The identifier of the component."""
    category: str
    """The category of the component."""
    type: str
    """The kind of component."""


class DividerBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    """The text in the divider."""


class DividerBlock(BlockBase):
    """A line between parts."""

    type: Literal["DIVIDER"]
    """The kind of component, always ``DIVIDER``."""
    config: DividerBlockConfig | None = None
    """The settings of the component."""


class HtmlBlockConfig(Nested):
    """How it is shown."""

    content: str | None = None
    """The HTML to show."""


class HtmlBlock(BlockBase):
    """A piece of HTML."""

    type: Literal["HTML"]
    """The kind of component, always ``HTML``."""
    config: HtmlBlockConfig | None = None
    """The settings of the component."""


class ImageBlockConfig(Nested):
    """How it is shown."""

    src: str | None = None
    """The address of the image."""
    alt: str | None = None
    """The text that takes the place of the image."""
    width: int | float | None = None
    """The width of the image, in pixels."""
    height: int | float | None = None
    """The height of the image, in pixels."""


class ImageBlock(BlockBase):
    """A picture."""

    type: Literal["IMAGE"]
    """The kind of component, always ``IMAGE``."""
    config: ImageBlockConfig | None = None
    """The settings of the component."""


class JumpButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    """The label of the button."""
    target_step: str | None = None
    """The identifier of the step that the button leads to."""


class JumpButtonBlock(BlockBase):
    """A button that leads to another step."""

    type: Literal["JUMP_BUTTON"]
    """The kind of component, always ``JUMP_BUTTON``."""
    config: JumpButtonBlockConfig
    """The settings of the component."""


class ResendButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    """The label of the button."""
    resend_action: str | None = None
    """The action that sends the message again."""


class ResendButtonBlock(BlockBase):
    """A button that sends a code again."""

    type: Literal["RESEND_BUTTON"]
    """The kind of component, always ``RESEND_BUTTON``."""
    config: ResendButtonBlockConfig
    """The settings of the component."""


class NextButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    """The label of the button."""


class NextButtonBlock(BlockBase):
    """A button that leads on."""

    type: Literal["NEXT_BUTTON"]
    """The kind of component, always ``NEXT_BUTTON``."""
    config: NextButtonBlockConfig
    """The settings of the component."""


class PreviousButtonBlockConfig(Nested):
    """How it is shown."""

    text: str | None = None
    """The label of the button."""


class PreviousButtonBlock(BlockBase):
    """A button that leads back."""

    type: Literal["PREVIOUS_BUTTON"]
    """The kind of component, always ``PREVIOUS_BUTTON``."""
    config: PreviousButtonBlockConfig
    """The settings of the component."""


class RichTextBlockConfig(Nested):
    """How it is shown."""

    content: str | None = None
    """The formatted text to show."""


class RichTextBlock(BlockBase):
    """A text."""

    type: Literal["RICH_TEXT"]
    """The kind of component, always ``RICH_TEXT``."""
    config: RichTextBlockConfig | None = None
    """The settings of the component."""


class VerifiableCredentialsWidgetConfig(Nested):
    """How it is shown."""

    credential_type: str | None = None
    """The type of credential that is requested."""


class VerifiableCredentialsWidget(WidgetBase):
    """A wallet that shows a credential."""

    type: Literal["AUTH0_VERIFIABLE_CREDENTIALS"]
    """The kind of component, always ``AUTH0_VERIFIABLE_CREDENTIALS``."""
    config: VerifiableCredentialsWidgetConfig
    """The settings of the component."""


class GoogleMapsAddressWidgetConfig(Nested):
    """How it is shown."""

    api_key: Secret[str | None] = None
    """The API key for Google Maps."""


class GoogleMapsAddressWidget(WidgetBase):
    """An address, found on a map."""

    type: Literal["GMAPS_ADDRESS"]
    """The kind of component, always ``GMAPS_ADDRESS``."""
    config: GoogleMapsAddressWidgetConfig
    """The settings of the component."""


class RecaptchaWidgetConfig(Nested):
    """How it is shown."""

    site_key: str | None = None
    """The site key for reCAPTCHA."""


class RecaptchaWidget(WidgetBase):
    """Proof of being human."""

    type: Literal["RECAPTCHA"]
    """The kind of component, always ``RECAPTCHA``."""
    config: RecaptchaWidgetConfig
    """The settings of the component."""


class BooleanFieldConfig(Nested):
    """How it is shown."""

    default_value: bool | None = None
    """The value before the user chooses one."""


class BooleanField(FieldBase):
    """Yes or no."""

    type: Literal["BOOLEAN"]
    """The kind of component, always ``BOOLEAN``."""
    config: BooleanFieldConfig | None = None
    """The settings of the component."""


class CardsOption(Nested):
    """One of the choices."""

    value: str
    """The value of the option."""
    label: str
    """The label of the option."""
    description: str | None = None
    """The description of the option."""
    image: str | None = None
    """The address of the option's image."""


class CardsFieldConfig(Nested):
    """How it is shown."""

    options: list[CardsOption] | None = None
    """The options, in order."""
    multi_select: bool | None = None
    """Whether the user may choose several options."""


class CardsField(FieldBase):
    """A choice of cards."""

    type: Literal["CARDS"]
    """The kind of component, always ``CARDS``."""
    config: CardsFieldConfig | None = None
    """The settings of the component."""


class ChoiceOption(Nested):
    """One of the choices."""

    value: str
    """The value of the option."""
    label: str
    """The label of the option."""


class ChoiceFieldConfig(Nested):
    """How it is shown."""

    options: list[ChoiceOption] | None = None
    """The options, in order."""
    display: Literal["radio", "checkbox"] | None = None
    """Whether the options are radio buttons or check boxes."""
    multiple: bool | None = None
    """Whether the user may choose several options."""
    default_value: str | list[str] | None = None
    """The options that are chosen before the user chooses."""


class ChoiceField(FieldBase):
    """A choice of a few."""

    type: Literal["CHOICE"]
    """The kind of component, always ``CHOICE``."""
    config: ChoiceFieldConfig | None = None
    """The settings of the component."""


class CodeFieldConfig(Nested):
    """How it is shown."""

    length: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of characters of the code, from 0 to 100."""
    mode: Literal["numeric", "alphanumeric"] | None = None
    """Whether the code has digits only, or letters too."""
    auto_submit: bool | None = None
    """Whether the form is submitted once the code is complete."""
    group_size: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of characters in a group, from 0 to 100."""
    separator: str | None = None
    """The text between groups."""
    placeholder: str | None = None
    """The text that the empty field shows."""
    default_value: str | None = None
    """The value before the user enters one."""


class CodeField(FieldBase):
    """A code from a message."""

    type: Literal["CODE"]
    """The kind of component, always ``CODE``."""
    config: CodeFieldConfig | None = None
    """The settings of the component."""


class CountryFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    default_value: str | None = None
    """The value before the user enters one."""


class CountryField(FieldBase):
    """A country."""

    type: Literal["COUNTRY"]
    """The kind of component, always ``COUNTRY``."""
    config: CountryFieldConfig | None = None
    """The settings of the component."""


class CustomFieldConfig(Nested):
    """How it is shown."""

    component: str | None = None
    """The name of the component."""
    props: dict[str, Any] | None = None
    """The properties of the component."""
    schema_: dict[str, Any] | None = Field(default=None, validation_alias="schema", serialization_alias="schema")
    """The JSON schema of the value."""
    code: str | None = None
    """The source code of the component."""


class CustomField(FieldBase):
    """A component of one's own."""

    type: Literal["CUSTOM"]
    """The kind of component, always ``CUSTOM``."""
    config: CustomFieldConfig
    """The settings of the component."""


class DateFieldConfig(Nested):
    """How it is shown."""

    format: str | None = None
    """The format of the date."""
    min: str | None = None
    """The first date that is accepted."""
    max: str | None = None
    """The last date that is accepted."""
    default_value: str | None = None
    """The value before the user enters one."""


class DateField(FieldBase):
    """A day."""

    type: Literal["DATE"]
    """The kind of component, always ``DATE``."""
    config: DateFieldConfig | None = None
    """The settings of the component."""


class DropdownFieldConfig(Nested):
    """How it is shown."""

    options: list[ChoiceOption] | None = None
    """The options, in order."""
    placeholder: str | None = None
    """The text that the empty field shows."""
    searchable: bool | None = None
    """Whether the user may search the options."""
    multiple: bool | None = None
    """Whether the user may choose several options."""
    default_value: str | list[str] | None = None
    """The options that are chosen before the user chooses."""


class DropdownField(FieldBase):
    """A choice of many."""

    type: Literal["DROPDOWN"]
    """The kind of component, always ``DROPDOWN``."""
    config: DropdownFieldConfig | None = None
    """The settings of the component."""


class EmailFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    default_value: str | None = None
    """The value before the user enters one."""
    last_used: bool | None = None
    """Whether the page suggests the value that was last used on the device."""
    last_used_label: str | None = None
    """The label of the value that was last used."""


class EmailField(FieldBase):
    """An e-mail address."""

    type: Literal["EMAIL"]
    """The kind of component, always ``EMAIL``."""
    config: EmailFieldConfig | None = None
    """The settings of the component."""


class FileFieldConfig(Nested):
    """How it is shown."""

    accept: str | None = None
    """The types of file that are accepted, as in the HTML attribute ``accept``."""
    max_size: int | float | None = None
    """The greatest size of a file."""
    multiple: bool | None = None
    """Whether the user may choose several files."""


class FileField(FieldBase):
    """A file."""

    type: Literal["FILE"]
    """The kind of component, always ``FILE``."""
    config: FileFieldConfig | None = None
    """The settings of the component."""


class LegalFieldConfig(Nested):
    """How it is shown."""

    text: str
    """The text that the user agrees to."""
    html: bool | None = None
    """Whether the text is HTML."""


class LegalField(FieldBase):
    """A consent."""

    type: Literal["LEGAL"]
    """The kind of component, always ``LEGAL``."""
    config: LegalFieldConfig | None = None
    """The settings of the component."""


class NumberFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    min: int | float | None = None
    """The least number that is accepted."""
    max: int | float | None = None
    """The greatest number that is accepted."""
    step: int | float | None = None
    """The distance between two accepted numbers."""
    default_value: str | None = None
    """The value before the user enters one."""


class NumberField(FieldBase):
    """A number."""

    type: Literal["NUMBER"]
    """The kind of component, always ``NUMBER``."""
    config: NumberFieldConfig | None = None
    """The settings of the component."""


class PasswordFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    min_length: int | float | None = None
    """The least number of characters."""
    show_toggle: bool | None = None
    """Whether a button shows the password."""
    forgot_password_link: str | None = None
    """The address of the page for users who forgot their password."""
    default_value: str | None = None
    """The value before the user enters one."""


class PasswordField(FieldBase):
    """A password."""

    type: Literal["PASSWORD"]
    """The kind of component, always ``PASSWORD``."""
    config: PasswordFieldConfig | None = None
    """The settings of the component."""


class PaymentFieldConfig(Nested):
    """How it is shown."""

    provider: str | None = None
    """The payment service."""
    currency: str | None = None
    """The currency, as an ISO 4217 code."""


class PaymentField(FieldBase):
    """A payment."""

    type: Literal["PAYMENT"]
    """The kind of component, always ``PAYMENT``."""
    config: PaymentFieldConfig | None = None
    """The settings of the component."""


class SocialProvider(Nested):
    """A social connection and its button."""

    name: str
    """The name of the connection."""
    strategy: str | None = None
    """The strategy of the connection."""
    display_name: str | None = None
    """The name of the connection that is shown to users."""
    icon_url: str | None = None
    """The address of the connection's icon."""
    href: str | None = None
    """The address that starts the sign-in."""
    last_used: bool | None = None
    """Whether the connection was last used on the device."""
    last_used_label: str | None = None
    """The label of the connection that was last used."""


class SocialFieldConfig(Nested):
    """How it is shown."""

    providers: list[str] | None = None
    """The names of the connections, in order."""
    provider_details: list[SocialProvider] | None = None
    """How each connection is shown."""


class SocialField(FieldBase):
    """Buttons of social connections."""

    type: Literal["SOCIAL"]
    """The kind of component, always ``SOCIAL``."""
    config: SocialFieldConfig | None = None
    """The settings of the component."""


class TelephoneFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    default_country: str | None = None
    """The country that is chosen before the user chooses one, as an ISO 3166-1 alpha-2 code."""
    default_value: str | None = None
    """The value before the user enters one."""
    allow_email: bool | None = None
    """Whether the user may enter an e-mail address instead."""


class TelephoneField(FieldBase):
    """A phone number."""

    type: Literal["TEL"]
    """The kind of component, always ``TEL``."""
    config: TelephoneFieldConfig | None = None
    """The settings of the component."""


class TextFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    multiline: bool | None = None
    """Whether the text may have several lines."""
    max_length: int | float | None = None
    """The most characters that the text may have."""
    default_value: str | None = None
    """The value before the user enters one."""
    last_used: bool | None = None
    """Whether the page suggests the value that was last used on the device."""
    last_used_label: str | None = None
    """The label of the value that was last used."""


class TextField(FieldBase):
    """A text."""

    type: Literal["TEXT"]
    """The kind of component, always ``TEXT``."""
    config: TextFieldConfig | None = None
    """The settings of the component."""


class UrlFieldConfig(Nested):
    """How it is shown."""

    placeholder: str | None = None
    """The text that the empty field shows."""
    default_value: str | None = None
    """The value before the user enters one."""


class UrlField(FieldBase):
    """An address on the web."""

    type: Literal["URL"]
    """The kind of component, always ``URL``."""
    config: UrlFieldConfig | None = None
    """The settings of the component."""


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
    """The identifier of the flow that runs."""
    next_node: str | None = None
    """The identifier of the next node."""


class FlowNode(Nested):
    """A node that runs a flow."""

    id: str
    """The identifier of the node."""
    type: Literal["FLOW"]
    """The kind of node, always ``FLOW``."""
    coordinates: Coordinates
    """Where the node stands in the editor."""
    alias: NodeAlias | None = None
    """The name of the node in the editor."""
    config: FlowNodeConfig
    """The settings of the node."""


class RouterRule(Nested):
    """Where to go when a condition holds."""

    id: str
    """The identifier of the rule."""
    alias: NodeAlias | None = None
    """The name of the rule in the editor."""
    condition: Any
    """The condition under which the rule applies."""
    next_node: str
    """The identifier of the next node, if the rule applies."""


class RouterNodeConfig(Nested):
    """The rules of a router, and where to go when none holds."""

    rules: list[RouterRule]
    """The rules, of which the first that applies decides."""
    fallback: str
    """The identifier of the next node, if no rule applies."""


class RouterNode(Nested):
    """A node that leads one way or another."""

    id: str
    """The identifier of the node."""
    type: Literal["ROUTER"]
    """The kind of node, always ``ROUTER``."""
    coordinates: Coordinates
    """Where the node stands in the editor."""
    alias: NodeAlias
    """The name of the node in the editor."""
    config: RouterNodeConfig
    """The settings of the node."""


class StepNodeConfig(Nested):
    """What a step shows, and what comes then."""

    components: list[Component]
    """The components of the step, in order."""
    next_node: str | None = None
    """The identifier of the next node."""


class StepNode(Nested):
    """A node that shows something and asks."""

    id: str
    """The identifier of the node."""
    type: Literal["STEP"]
    """The kind of node, always ``STEP``."""
    coordinates: Coordinates
    """Where the node stands in the editor."""
    alias: NodeAlias | None = None
    """The name of the node in the editor."""
    config: StepNodeConfig
    """The settings of the node."""


class ActionNodeConfig(Nested):
    """Where the action sends people, and what comes then."""

    action_type: Literal["REDIRECT"]
    """The kind of action, always ``REDIRECT``."""
    target: RedirectTarget
    """The page to which the user is redirected."""
    custom_url: str | None = None
    """The address to which the user is redirected, with the target ``custom``."""
    next_node: str
    """The identifier of the next node."""


class ActionNode(Nested):
    """A node that does something."""

    id: str
    """The identifier of the node."""
    type: Literal["ACTION"]
    """The kind of node, always ``ACTION``."""
    coordinates: Coordinates
    """Where the node stands in the editor."""
    alias: str | None = None
    """The name of the node in the editor."""
    config: ActionNodeConfig
    """The settings of the node."""


class GenericNode(Nested):
    """A node of a type that is not known here; kept as it is."""

    id: str
    """The identifier of the node."""
    type: str
    """The kind of node."""
    coordinates: Coordinates
    """Where the node stands in the editor."""


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
    """The texts of errors, by name."""
    custom: dict[str, Any] | None = None
    """The texts of the form's own, by name."""


class FormLanguages(Nested):
    """Which languages the form speaks."""

    primary: str | None = None
    """The language in which the form is written."""
    default: str | None = None
    """The language for users whose own the form lacks."""


class HiddenField(Nested):
    """A value that the form has and does not show."""

    key: str
    """The name of the field."""
    value: str
    """The value of the field."""


class FormStart(Nested):
    """Where the form begins."""

    hidden_fields: list[HiddenField] | None = None
    """The fields that the form has from the start."""
    next_node: str | None = None
    """The identifier of the first node."""
    coordinates: Coordinates | None = None
    """Where the start stands in the editor."""


class FormRedirection(Nested):
    """Where people go afterwards, and after how many seconds."""

    delay: int | float | None = None
    """The time until the redirect, in seconds."""
    target: str | None = None
    """The address to which the user is redirected."""


class FormAfterSubmit(Nested):
    """What runs when the form has been sent."""

    flow_id: str | None = None
    """The identifier of the flow that runs after the form."""


class FormEnding(Nested):
    """How the form ends."""

    redirection: FormRedirection | None = None
    """Where the user is redirected in the end."""
    after_submit: FormAfterSubmit | None = None
    """What runs after the form."""
    coordinates: Coordinates | None = None
    """Where the ending stands in the editor."""
    resume_flow: bool | None = None
    """Whether the sign-in continues after the form."""


class FormStyle(Nested):
    """How the form looks."""

    css: str | None = None
    """The style sheet of the form."""


class FormLinks(Nested):
    """Where the form's scripts are."""

    sdkSrc: str | None = None  # noqa: N815  # the wire has both spellings
    """The address of the script that shows the form."""
    sdk_src: str | None = None
    """The address of the script that shows the form, in the other spelling."""


class FormFields(Model):
    """What an inserted and a stored form share."""

    name: Varchar255
    """The name of the form."""
    messages: FormMessages | None = None
    """The texts that replace the usual ones."""
    languages: FormLanguages | None = None
    """The languages of the form."""
    translations: dict[str, Any] | None = None
    """The texts of the form, by language."""
    nodes: list[FormNode] | None = None
    """The nodes of the form."""
    start: FormStart | None = None
    """How the form begins."""
    ending: FormEnding | None = None
    """How the form ends."""
    style: FormStyle | None = None
    """How the form looks."""
    links: FormLinks | None = None
    """The scripts of the form."""


class FormInsert(FormFields, Insert):
    """A form to be created."""


class Form(FormFields):
    """Steps that people are led through (Auth0: form)."""

    id: str
    """The identifier of the form."""
    created_at: Instant
    """When the form was created."""
    updated_at: Instant
    """When the form was last changed."""
